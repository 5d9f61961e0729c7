/**
 * The number formats of safetensors, and conversions of single numbers.
 *
 * @module
 */

/** Bits of one element of each format in safetensors' own list; files may name newer ones. */
export const DTYPE_BITS: Readonly<Record<string, number>> = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
};

/** Little-endian `I64` bytes as numbers. @throws RangeError for a value that a number cannot hold exactly. */
export function decodeInt64(bytes: Uint8Array): number[] {
  return Array.from(new BigInt64Array(aligned(bytes)), (value) => {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new RangeError(`The 64-bit integer ${value} is beyond ±(2^53 - 1).`);
    return number;
  });
}

/** f32 as f16 bits, rounded to nearest, ties to even, as hardware does; beyond 65504 (rounded) it is infinity. */
export function float32ToFloat16(value: number): number {
  FLOAT[0] = value;
  const bits = BITS[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff); // NaN, its payload's top kept
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 65536 and above
  // 2^-14 and above: rebias the exponent by 112, and round on the 13 bits that go (a carry into it is right).
  if (magnitude >= 0x38800000) return sign | roundShift(magnitude - 0x38000000, 13);
  if (magnitude < 0x33000000) return sign; // below 2^-25, half of the smallest subnormal
  const exponent = magnitude >>> 23;
  return sign | roundShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

/** f16 bits as f32: exact. */
export function float16ToFloat32(half: number): number {
  BITS[0] = widenF16(half);
  return FLOAT[0] as number;
}

/** bf16 bits as f32: exact, for bf16 is the upper half of f32. */
export function bfloat16ToFloat32(bits: number): number {
  BITS[0] = widenBf16(bits);
  return FLOAT[0] as number;
}

/**
 * f32 values as f16 bits, for weights on the GPU.
 *
 * @param onOverflow Called with the index of each finite value that becomes infinity: silent, it would end in NaN.
 */
export function packF16(values: Float32Array, onOverflow?: (index: number) => void): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const half = float32ToFloat16(value);
    halves[i] = half;
    if ((half & 0x7fff) === 0x7c00 && Number.isFinite(value)) onOverflow?.(i);
  }
  return halves;
}

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** `value / 2^shift`, rounded to nearest, ties to even. */
function roundShift(value: number, shift: number): number {
  const half = 1 << (shift - 1);
  const isOdd = (value >>> shift) & 1;
  return (value + half - 1 + isOdd) >>> shift;
}

/** f16 bits as f32's: exact. */
export function widenF16(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f800000 | (mantissa << 13)) >>> 0;
  if (exponent > 0) return (sign | ((exponent + 112) << 23) | (mantissa << 13)) >>> 0;
  if (mantissa === 0) return sign >>> 0;
  // A subnormal, mantissa * 2^-24, is normal in f32: shift its leading one out of the mantissa.
  const shift = Math.clz32(mantissa) - 21;
  return (sign | ((113 - shift) << 23) | (((mantissa << shift) & 0x3ff) << 13)) >>> 0;
}

/** bf16 bits as f32's. */
export function widenBf16(bits: number): number {
  return (bits << 16) >>> 0;
}

/** The bytes in a buffer of their own from offset 0, as typed arrays want it. */
export function aligned(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer;
}
