/**
 * A tensor's entry in a safetensors header.
 *
 * @module
 */

import type { WeightsError } from '../errors.ts';
import { DTYPE_BITS } from './dtypes.ts';
import { HeaderObject, type HeaderValue } from './header-json.ts';
import { broken, shown } from './header-problem.ts';
import type { WeightFormat } from './weight-format.ts';

/** A tensor as its file describes it; its bytes are row-major and little-endian. */
export interface TensorInfo {
  readonly name: string;
  /** Its format's name as the file has it, such as `F16`: also one that is not read, or not known. */
  readonly dtype: string;
  /** How it is stored, where the format's name does not say: with a scale beside it, say. */
  readonly format?: WeightFormat;
  /** Sizes, outermost first; `[]` is one number. Exact but for those of a tensor without elements. */
  readonly shape: readonly number[];
  /** Path of its file in the model folder. */
  readonly file: string;
  /** Absolute offset in the file of its first byte. */
  readonly start: number;
  /** Absolute offset behind its last byte. */
  readonly end: number;
}

/** A tensor as the header has it: the types of its fields are right, what they say may not be. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly bigint[];
  readonly offsets: readonly [begin: number, end: number];
}

/** What a header says of it. */
const FIELDS = ['dtype', 'shape', 'data_offsets'] as const;

/** Reads an entry. @throws WeightsError where a field is missing or of another type. */
export function parseEntry(file: string, name: string, value: HeaderValue): TensorEntry {
  const fail = (rule: string) => broken(file, `tensor ${shown(name)}: ${rule}`);
  const [dtypeValue, shape, offsets] = tensorFields(value, fail);
  const dtype = unwrapped(dtypeValue);
  if (typeof dtype !== 'string') throw fail(`dtype ${shown(dtypeValue)} is not the name of a format`);
  if (!isSizes(shape)) throw fail(`shape ${shown(shape)} is not a list of whole numbers from 0 to 2^64 - 1`);
  if (!isSizes(offsets) || offsets.length !== 2) throw fail(`data_offsets ${shown(offsets)} are not two whole numbers`);
  return { dtype, shape, offsets: offsets.map(Number) as [number, number] };
}

/** Holds an entry to the rules. @throws WeightsError that names tensor, rule and numbers. */
export function checkEntry(
  file: string,
  name: string,
  { dtype, shape, offsets }: TensorEntry,
  dataStart: number,
): TensorInfo {
  const fail = (rule: string) => broken(file, `tensor ${shown(name)}: ${rule}`);
  const [begin, end] = offsets;
  if (begin > end) throw fail(`data_offsets ${begin} to ${end} run backwards`);
  if (!Number.isSafeInteger(dataStart + end)) throw fail(`data_offsets ${begin} to ${end} are beyond 2^53 - 1`);
  const bits = Object.hasOwn(DTYPE_BITS, dtype) ? DTYPE_BITS[dtype] : undefined;
  const bytes = bits === undefined ? end - begin : byteCount(shape, BigInt(bits));
  if (bytes === undefined) {
    throw fail(`shape ${shown(shape)} in ${dtype} has more than 2^64 - 1 bits, or a fraction of a byte`);
  }
  if (bytes !== end - begin) {
    throw fail(`shape ${shown(shape)} in ${dtype} takes ${bytes} bytes, but data_offsets give it ${end - begin}`);
  }
  return { name, dtype, shape: shape.map(Number), file, start: dataStart + begin, end: dataStart + end };
}

/** `dtype`, `shape` and `data_offsets`: by name beside others, or, as serde also reads a struct, as a list. */
function tensorFields(entry: HeaderValue, fail: (rule: string) => WeightsError): readonly (HeaderValue | undefined)[] {
  if (isList(entry) && entry.length === FIELDS.length) return entry;
  if (!(entry instanceof HeaderObject)) throw fail('its entry is not an object');
  return FIELDS.map((field) => {
    const given = entry.entries.filter(([key]) => key === field);
    if (given.length > 1) throw fail(`${field} is given twice`);
    return given[0]?.[1];
  });
}

/** serde takes `{"F16": null}` for the word `F16`, too. */
function unwrapped(dtype: HeaderValue | undefined): HeaderValue | undefined {
  const [first, second] = dtype instanceof HeaderObject ? dtype.entries : [];
  return first && !second && first[1] === null ? first[0] : dtype;
}

/** Bytes of a tensor; undefined where the bits overflow 64 or end within a byte. The reference multiplies in this order. */
function byteCount(shape: readonly bigint[], bits: bigint): number | undefined {
  let product = 1n;
  for (const factor of [...shape, bits]) {
    product *= factor;
    if (product >= 2n ** 64n) return undefined;
  }
  return product % 8n === 0n ? Number(product / 8n) : undefined;
}

function isSizes(value: HeaderValue | undefined): value is readonly bigint[] {
  return isList(value) && value.every((size) => typeof size === 'bigint');
}

function isList(value: HeaderValue | undefined): value is readonly HeaderValue[] {
  return Array.isArray(value);
}
