/**
 * The formats that weights are read in: to add one whose numbers each stand alone, add a line to the list.
 *
 * @module
 */

import { UnsupportedModelError } from '../errors.ts';
import { aligned, widenBf16, widenF16 } from './dtypes.ts';
import type { TensorInfo } from './tensor-entry.ts';
import type { WeightFormat } from './weight-format.ts';

/** By the names that safetensors gives them. */
const FORMATS: Readonly<Record<string, WeightFormat>> = {
  F32: { blockSize: 1, blockBytes: 4, decode: (bytes) => new Float32Array(aligned(bytes)) },
  F16: { blockSize: 1, blockBytes: 2, decode: (bytes) => fromBits(new Uint16Array(aligned(bytes)), widenF16) },
  BF16: { blockSize: 1, blockBytes: 2, decode: (bytes) => fromBits(new Uint16Array(aligned(bytes)), widenBf16) },
  F8_E4M3: { blockSize: 1, blockBytes: 1, decode: (bytes) => fromTable(bytes, e4m3Bits) },
  // The upper half of an f16.
  F8_E5M2: { blockSize: 1, blockBytes: 1, decode: (bytes) => fromTable(bytes, (code) => widenF16(code << 8)) },
};

/** How a tensor is stored; undefined for a format that is not read. */
export function formatOf({ format, dtype }: Pick<TensorInfo, 'dtype' | 'format'>): WeightFormat | undefined {
  return format ?? (Object.hasOwn(FORMATS, dtype) ? FORMATS[dtype] : undefined);
}

/** The error for weights that are in a format which is not read. @param what Which, e.g. `proj.weight is in F8_E8M0`. */
export function unsupportedDtype(what: string): UnsupportedModelError {
  return new UnsupportedModelError(
    `${what}; weights are read in ${Object.keys(FORMATS).join(', ')}, and from GGUF.`,
    'Save the model in one of these, e.g. with `pipeline.to(torch.float16).save_pretrained(folder)`.',
  );
}

/** A tensor's bytes as f32. @throws UnsupportedModelError for a format that is not read. */
export function decode(bytes: Uint8Array, info: Pick<TensorInfo, 'dtype' | 'format'>): Float32Array<ArrayBuffer> {
  const format = formatOf(info);
  if (!format) throw unsupportedDtype(`Weights are in ${info.dtype}`);
  return format.decode(bytes);
}

function fromBits(source: Uint16Array, widen: (bits: number) => number): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(source.length);
  for (let i = 0; i < source.length; i++) bits[i] = widen(source[i] as number);
  return new Float32Array(bits.buffer);
}

/** @param bitsOf An f32's bits, of each code. */
function fromTable(codes: Uint8Array, bitsOf: (code: number) => number): Float32Array<ArrayBuffer> {
  const table = Uint32Array.from({ length: 256 }, (_, code) => bitsOf(code));
  const bits = new Uint32Array(codes.length);
  for (let i = 0; i < codes.length; i++) bits[i] = table[codes[i] as number] as number;
  return new Float32Array(bits.buffer);
}

/** `e4m3fn` bits as f32's: no infinities, and one NaN of each sign. */
function e4m3Bits(code: number): number {
  const sign = (code & 0x80) << 24;
  const magnitude = code & 0x7f;
  if (magnitude === 0x7f) return (sign | 0x7fc00000) >>> 0;
  // Its exponent counts from 7, f16's from 15: eight exponents further down it is an f16, subnormals included.
  return magnitude === 0 ? sign >>> 0 : scaledUp(widenF16(((code & 0x80) << 8) | (magnitude << 7)));
}

/** An f32's bits times 2^8. */
function scaledUp(bits: number): number {
  return bits + (8 << 23);
}
