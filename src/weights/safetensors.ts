/**
 * The header of a safetensors file from a stranger: every rule of the format is checked before a byte of it is used.
 * The rules are those of the reference implementation in Rust (huggingface/safetensors, `validate`), and two more of
 * the format's text: the header starts with `{`, and no key comes twice.
 *
 * A file is 8 bytes of header length N (little-endian), N bytes of JSON, and the tensors' data without gaps.
 *
 * @module
 */

import { causeMessage, WeightsError } from '../errors.ts';
import { DTYPE_BYTES, type Dtype, isDtype } from './dtypes.ts';
import { duplicateKey } from './json-keys.ts';

/** Bytes of the header length in front of the header. */
export const LENGTH_BYTES = 8;

/** The reference implementation reads no longer header, so that a hostile length does not fill the memory. */
const MAX_HEADER_BYTES = 100_000_000;

/** A tensor as its file describes it; its bytes are row-major and little-endian. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: Dtype;
  /** Sizes, outermost first; `[]` is one number. */
  readonly shape: readonly number[];
  /** Path of its file in the model folder. */
  readonly file: string;
  /** Absolute offset in the file of its first byte. */
  readonly start: number;
  /** Absolute offset behind its last byte. */
  readonly end: number;
}

/** What a header says. */
export interface SafetensorsHeader {
  /** By name, in the order of their data. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** The writer's notes (`__metadata__`). */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The header's length in bytes, from the file's first 8.
 *
 * @param totalBytes Size of the file, where known.
 * @throws WeightsError when it is 0, over 100 MB, or more than the file holds.
 */
export function parseHeaderLength(file: string, prefix: Uint8Array, totalBytes: number | undefined): number {
  if (prefix.length < LENGTH_BYTES) {
    throw broken(file, `is ${prefix.length} bytes long; the header length alone takes ${LENGTH_BYTES}`);
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length === 0n) throw broken(file, 'says that its header is empty');
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw broken(file, `says that its header has ${length} bytes; at most ${MAX_HEADER_BYTES} are allowed`);
  }
  if (totalBytes !== undefined && Number(length) + LENGTH_BYTES > totalBytes) {
    throw broken(file, `says that its header has ${length} bytes, but the whole file has ${totalBytes}`);
  }
  return Number(length);
}

/**
 * Parses and checks a header.
 *
 * @param file Path for messages and for {@link TensorInfo.file}.
 * @param header The JSON's bytes, without the length in front of them.
 * @param dataBytes Bytes that follow the header, where known; unknown, a truncated file shows only when it is read.
 * @throws WeightsError that names file, tensor, rule and numbers. Nothing else, whatever the bytes.
 */
export function parseSafetensorsHeader(
  file: string,
  header: Uint8Array,
  dataBytes: number | undefined,
): SafetensorsHeader {
  const { __metadata__, ...entries } = parseObject(file, header);
  const dataStart = LENGTH_BYTES + header.length;
  const tensors = Object.entries(entries).map(([name, entry]) => parseTensor(file, name, entry, dataStart));
  tensors.sort((a, b) => a.start - b.start || a.end - b.end);
  checkLayout(file, tensors, dataStart, dataBytes);
  return {
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    metadata: parseMetadata(file, __metadata__),
  };
}

function parseObject(file: string, header: Uint8Array): Record<string, unknown> {
  if (header[0] !== '{'.charCodeAt(0))
    throw broken(file, `has a header that starts with byte ${header[0]}, not with {`);
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
    value = JSON.parse(text);
  } catch (cause) {
    throw broken(file, `has a header that is not JSON in UTF-8 (${causeMessage(cause)})`, cause);
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) throw broken(file, `has a header that gives the key ${shown(twice)} twice`);
  return value as Record<string, unknown>; // JSON that starts with { is an object
}

function parseMetadata(file: string, metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isObject(metadata)) throw broken(file, 'has a __metadata__ that is not an object');
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') throw broken(file, `has a __metadata__ whose ${shown(key)} is not a string`);
  }
  return metadata as Record<string, string>;
}

function parseTensor(file: string, name: string, entry: unknown, dataStart: number): TensorInfo {
  const fail = (rule: string) => broken(file, `tensor ${shown(name)}: ${rule}`);
  if (!isObject(entry)) throw fail('its entry is not an object');
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !isDtype(dtype)) {
    throw fail(`dtype ${shown(dtype)} is not one of ${Object.keys(DTYPE_BYTES).join(', ')}`);
  }
  if (!isSizes(shape)) throw fail(`shape ${shown(shape)} is not a list of whole numbers from 0 to 2^53 - 1`);
  if (!isSizes(offsets) || offsets.length !== 2) throw fail(`data_offsets ${shown(offsets)} are not two whole numbers`);
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw fail(`data_offsets ${begin} to ${end} run backwards`);
  let bytes: number = DTYPE_BYTES[dtype];
  for (const size of shape) {
    bytes *= size;
    if (!Number.isSafeInteger(bytes)) throw fail(`shape ${shown(shape)} has more than 2^53 - 1 bytes`);
  }
  if (bytes !== end - begin) {
    throw fail(`shape ${shown(shape)} in ${dtype} takes ${bytes} bytes, but data_offsets give it ${end - begin}`);
  }
  return { name, dtype, shape, file, start: dataStart + begin, end: dataStart + end };
}

/** Tensors, sorted by offset, must fill the data exactly: no overlap, no gap, nothing behind. */
function checkLayout(
  file: string,
  tensors: readonly TensorInfo[],
  dataStart: number,
  dataBytes: number | undefined,
): void {
  let position = dataStart;
  let before = 'the header';
  for (const { name, start, end } of tensors) {
    if (start !== position) {
      const kind = start < position ? 'overlaps' : 'leaves a gap behind';
      const numbers = `begins at data byte ${start - dataStart}, which ends at ${position - dataStart}`;
      throw broken(file, `tensor ${shown(name)} ${kind} ${before}: it ${numbers}`);
    }
    position = end;
    before = shown(name);
  }
  if (dataBytes !== undefined && position - dataStart !== dataBytes) {
    const kind = position - dataStart > dataBytes ? 'truncated' : 'too long';
    throw broken(
      file,
      `is ${kind}: its tensors take ${position - dataStart} bytes, but ${dataBytes} follow the header`,
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** A stranger's value in a message: cut, for it may be long, and not printed where it is more than a list of numbers. */
function shown(value: unknown): string {
  // JSON.stringify recurses: a value nested a million deep would overflow the stack.
  const isNested = Array.isArray(value) ? value.some((item) => typeof item === 'object') : isObject(value);
  const text = isNested ? 'of nested values' : (JSON.stringify(value) ?? 'undefined');
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function broken(file: string, problem: string, cause?: unknown): WeightsError {
  return new WeightsError(
    `${file} ${problem}.`,
    'The file is damaged or not safetensors: download or export it again.',
    {
      cause,
    },
  );
}
