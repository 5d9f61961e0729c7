import { describe, expect, it } from 'vitest';
import { WeightsError } from '../../../src/errors.ts';
import { DTYPE_BITS } from '../../../src/weights/dtypes.ts';
import { parseSafetensorsHeader } from '../../../src/weights/safetensors.ts';
import fc from '../../support/property.ts';

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** Parses; a WeightsError is an answer, anything else a failure. What is accepted must satisfy the format. */
function check(header: Uint8Array, dataBytes: number): 'accepted' | 'refused' {
  let tensors: ReturnType<typeof parseSafetensorsHeader>['tensors'];
  try {
    tensors = parseSafetensorsHeader('fuzz', header, dataBytes).tensors;
  } catch (error) {
    if (error instanceof WeightsError) return 'refused';
    throw error;
  }
  let position = 8 + header.length;
  for (const { start, end, shape, dtype } of tensors.values()) {
    const bytes = Object.hasOwn(DTYPE_BITS, dtype) ? byteCount(dtype, shape) : end - start;
    if (start !== position || end - start !== bytes) throw new Error('an invalid layout was accepted');
    position = end;
  }
  if (position !== 8 + header.length + dataBytes) throw new Error('a wrong length was accepted');
  return 'accepted';
}

/** Bytes of a tensor: a fraction of one where the format takes less. */
function byteCount(dtype: string, shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, (DTYPE_BITS[dtype] as number) / 8);
}

const dtype = fc.constantFrom(...Object.keys(DTYPE_BITS));
const tensors = fc.array(
  fc.record({ name: fc.string({ maxLength: 6 }), dtype, shape: fc.array(fc.nat(5), { maxLength: 3 }) }),
  { maxLength: 5 },
);

/** A valid header for the tensors, and the bytes of their data. */
function validHeader(list: readonly { name: string; dtype: string; shape: number[] }[]) {
  const header: Record<string, unknown> = { __metadata__: list.length % 2 === 0 ? { format: 'pt' } : null };
  let offset = 0;
  for (const { name, dtype, shape } of new Map(list.map((one) => [one.name, one])).values()) {
    const bytes = byteCount(dtype, shape);
    if (!Number.isInteger(bytes)) continue;
    Object.defineProperty(header, name, {
      value: { dtype, shape, data_offsets: [offset, offset + bytes] },
      enumerable: true,
    });
    offset += bytes;
  }
  return { header, dataBytes: offset };
}

const valid = tensors.map(validHeader);
const byteEdit = fc.record({
  at: fc.nat(),
  value: fc.nat(255),
  kind: fc.constantFrom('set', 'insert', 'delete', 'cut'),
});
const mutated = fc
  .tuple(valid, fc.array(byteEdit, { minLength: 1, maxLength: 3 }))
  .map(([{ header, dataBytes }, edits]) => {
    let bytes = [...encode(header)];
    for (const { at, value, kind } of edits) {
      const index = at % (bytes.length || 1);
      if (kind === 'set') bytes[index] = value;
      else if (kind === 'insert') bytes.splice(index, 0, value);
      else if (kind === 'delete') bytes.splice(index, 1);
      else bytes = bytes.slice(0, index);
    }
    return { bytes: Uint8Array.from(bytes), dataBytes };
  });

/** Valid JSON in which some part is not what the format wants. */
const oddValue = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(-1, 2 ** 53, 1e308, 0.5, null, 'F32', [], {}));
const oddEntry = fc.record(
  {
    dtype: fc.oneof(dtype, oddValue),
    shape: fc.oneof(fc.array(fc.oneof(fc.nat(9), oddValue), { maxLength: 3 }), oddValue),
    data_offsets: fc.oneof(fc.tuple(fc.nat(64), fc.nat(64)), oddValue),
  },
  { requiredKeys: [] },
);
const oddHeader = fc.dictionary(fc.string({ maxLength: 3 }), fc.oneof(oddEntry, oddValue), { maxKeys: 3 });

describe('the safetensors parser, on 108 000 headers', () => {
  it('accepts every valid one', () => {
    const property = fc.property(valid, ({ header, dataBytes }) => {
      expect(check(encode(header), dataBytes)).toBe('accepted');
    });
    fc.assert(property, { numRuns: 8000 });
  });

  it('answers damaged ones by WeightsError or a valid layout', () => {
    const property = fc.property(mutated, ({ bytes, dataBytes }) => void check(bytes, dataBytes));
    fc.assert(property, { numRuns: 40_000 });
  });

  it('answers JSON of other shapes by WeightsError or a valid layout', () => {
    const property = fc.property(oddHeader, fc.nat(64), (header, dataBytes) => void check(encode(header), dataBytes));
    fc.assert(property, { numRuns: 30_000 });
  });

  it('answers random bytes by WeightsError or a valid layout', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (bytes, brace) => {
      check(brace ? Uint8Array.of(123, ...bytes) : bytes, 0);
    });
    fc.assert(property, { numRuns: 30_000 });
  });

  it('answers deep nesting and long names without a hang', () => {
    const nest = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
    const long = new TextEncoder().encode(`{"${'\\"'.repeat(1_000_000)}":1}`);
    for (const entry of [nest, `{"dtype":${nest}}`, `{"dtype":"U8","shape":${nest}}`]) {
      expect(check(new TextEncoder().encode(`{"a":${entry}}`), 0)).toBe('refused');
    }
    expect(check(long, 0)).toBe('refused');
  });
}, 120_000);
