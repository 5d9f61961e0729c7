/**
 * The header of a safetensors file from a stranger: every rule of the format is checked before a byte of it is used.
 * The rules are those of the reference implementation in Rust (huggingface/safetensors 0.8, `validate`), so that what
 * opens there opens here; only a format of numbers that is not in its list is left to whoever wants the tensor.
 *
 * A file is 8 bytes of header length N (little-endian), N bytes of JSON, and the tensors' data without gaps.
 *
 * @module
 */

import { causeMessage } from '../errors.ts';
import { HeaderObject, type HeaderValue, parseHeaderJson } from './header-json.ts';
import { broken, shown } from './header-problem.ts';
import { checkEntry, parseEntry, type TensorEntry, type TensorInfo } from './tensor-entry.ts';

export type { TensorInfo };

/** Bytes of the header length in front of the header. */
export const LENGTH_BYTES = 8;

/** The reference implementation reads no longer header, so that a hostile length does not fill the memory. */
const MAX_HEADER_BYTES = 100_000_000;

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
  const dataStart = LENGTH_BYTES + header.length;
  const found = new Map<string, TensorEntry>();
  let metadata: Record<string, string> | undefined;
  for (const [name, value] of parseObject(file, header).entries) {
    // A tensor given twice counts as it is given last.
    if (name !== '__metadata__') found.set(name, parseEntry(file, name, value));
    else if (metadata) throw broken(file, 'has __metadata__ twice');
    else metadata = parseMetadata(file, value);
  }
  const tensors = [...found].map(([name, entry]) => checkEntry(file, name, entry, dataStart));
  tensors.sort((a, b) => a.start - b.start || a.end - b.end);
  checkLayout(file, tensors, dataStart, dataBytes);
  return { tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])), metadata: metadata ?? {} };
}

function parseObject(file: string, header: Uint8Array): HeaderObject {
  let value: HeaderValue;
  try {
    value = parseHeaderJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header));
  } catch (cause) {
    throw broken(file, `has a header that is not JSON in UTF-8 (${causeMessage(cause)})`, cause);
  }
  if (value instanceof HeaderObject) return value;
  throw broken(file, `has a header that is no object: ${shown(value)}`);
}

/** `null` stands for none. */
function parseMetadata(file: string, metadata: HeaderValue): Record<string, string> {
  if (metadata === null) return {};
  if (!(metadata instanceof HeaderObject)) throw broken(file, 'has a __metadata__ that is not an object');
  for (const [key, value] of metadata.entries) {
    if (typeof value !== 'string') throw broken(file, `has a __metadata__ whose ${shown(key)} is not a string`);
  }
  return Object.fromEntries(metadata.entries) as Record<string, string>;
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
