import { describe, expect, it } from 'vitest';
import { UnsupportedModelError } from '../../../src/errors.ts';
import {
  bfloat16ToFloat32,
  decodeInt64,
  float16ToFloat32,
  float32ToFloat16,
  packF16,
} from '../../../src/weights/dtypes.ts';
import { decode } from '../../../src/weights/formats.ts';
import fc from '../../support/property.ts';

/** What f16 bits mean, by the definition. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

const ALL = Array.from({ length: 65536 }, (_, bits) => bits);
const FINITE = ALL.filter((bits) => Number.isFinite(halfValue(bits)));
const POSITIVE = FINITE.filter((bits) => bits < 0x8000);

describe('f16', () => {
  it('decodes all 65536 values', () => {
    const decoded = decode(new Uint8Array(new Uint16Array(ALL).buffer), { dtype: 'F16' });
    const wrong = ALL.filter((bits) => !Object.is(decoded[bits], halfValue(bits)));
    expect(wrong).toEqual([]);
    expect(ALL.filter((bits) => !Object.is(float16ToFloat32(bits), halfValue(bits)))).toEqual([]);
  });

  it('encodes all 65536 values to themselves, NaN to a NaN of the same sign', () => {
    const wrong = ALL.filter((bits) => {
      const back = float32ToFloat16(halfValue(bits));
      return Number.isNaN(halfValue(bits)) ? (back & 0x7c00) !== 0x7c00 || (back & 0x3ff) === 0 : back !== bits;
    });
    expect(wrong).toEqual([]);
  });

  it('rounds to nearest, and halfway to even, between all neighbours', () => {
    const wrong = POSITIVE.slice(0, -1).filter((low) => {
      const middle = (halfValue(low) + halfValue(low + 1)) / 2; // exact in f32
      const even = low % 2 === 0 ? low : low + 1;
      const ulp = middle * 2 ** -23;
      return (
        float32ToFloat16(middle) !== even ||
        float32ToFloat16(-middle) !== (even | 0x8000) ||
        float32ToFloat16(middle - ulp) !== low ||
        float32ToFloat16(middle + ulp) !== low + 1
      );
    });
    expect(wrong).toEqual([]);
  });

  it('agrees with the nearest of all halves on any f32', () => {
    const nearest = (value: number) =>
      POSITIVE.reduce((best, bits) =>
        Math.abs(halfValue(bits) - value) < Math.abs(halfValue(best) - value) ? bits : best,
      );
    fc.assert(
      fc.property(fc.float({ min: 0, max: 65504, noNaN: true }), (value) => {
        const error = Math.abs(halfValue(float32ToFloat16(value)) - value);
        expect(error).toBe(Math.abs(halfValue(nearest(value)) - value));
      }),
      { numRuns: 200 },
    );
  });

  it('reports finite values that become infinite, and only those', () => {
    const values = new Float32Array([65504, 65519.99, 65520, -1e30, Number.POSITIVE_INFINITY, Number.NaN]);
    const overflows: number[] = [];
    const bits = packF16(values, (index) => overflows.push(index));
    expect([...bits]).toEqual([0x7bff, 0x7bff, 0x7c00, 0xfc00, 0x7c00, 0x7e00]);
    expect(overflows).toEqual([2, 3]);
  });
});

describe('decode', () => {
  it('takes bf16 as the upper half of f32, for all 65536 values', () => {
    const words = new Float32Array(new Uint32Array(ALL.map((bits) => bits * 65536)).buffer);
    const decoded = decode(new Uint8Array(new Uint16Array(ALL).buffer), { dtype: 'BF16' });
    expect(ALL.filter((bits) => !Object.is(decoded[bits], words[bits]))).toEqual([]);
    expect(ALL.filter((bits) => !Object.is(bfloat16ToFloat32(bits), words[bits]))).toEqual([]);
  });

  it('reads f32 and i64 at odd offsets, and copies', () => {
    const bytes = new Uint8Array(17);
    bytes.set(new Uint8Array(new Float32Array([1.5, -0]).buffer), 1);
    bytes.set(new Uint8Array(new BigInt64Array([-3n]).buffer), 9);
    const floats = decode(bytes.subarray(1, 9), { dtype: 'F32' });
    bytes.fill(255, 1, 9);
    expect([...floats]).toEqual([1.5, -0]);
    expect(decodeInt64(bytes.subarray(9))).toEqual([-3]);
  });

  it('names a format that weights may not have, and an integer that does not fit', () => {
    expect(() => decode(new Uint8Array(4), { dtype: 'I32' })).toThrow(UnsupportedModelError);
    expect(() => decodeInt64(new Uint8Array(new BigInt64Array([2n ** 53n]).buffer))).toThrow(/9007199254740992/);
  });
});
