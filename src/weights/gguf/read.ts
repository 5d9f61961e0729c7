/**
 * GGUF files, by range: loaded when a model has one.
 *
 * @module
 */

import { streamRanges } from '../read.ts';
import type { WeightSource } from '../source-types.ts';
import { joinChunks } from '../streams.ts';
import type { TensorInfo } from '../tensor-entry.ts';
import { Cursor, MAX_HEADER_BYTES, MoreNeeded } from './cursor.ts';
import { damaged, parseGgufHeader } from './header.ts';

/** What is read first: more than the header of a transformer, less than that of a text encoder with its vocabulary. */
const FIRST_BYTES = 256 * 1024;

/**
 * Reads and checks the header of a GGUF file, from its beginning on, as far as it goes.
 *
 * @param totalBytes Size of the file, where known.
 * @throws as `readHeader`.
 */
export async function readGgufHeader(
  source: WeightSource,
  path: string,
  totalBytes: number | undefined,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, TensorInfo>> {
  let bytes = new Uint8Array(0);
  for (let want = FIRST_BYTES; ; want *= 4) {
    const more = await readUpTo(source, path, bytes.length, Math.min(want, totalBytes ?? want), signal);
    const isAll = bytes.length + more.length < want;
    bytes = joinChunks([bytes, more], bytes.length + more.length);
    try {
      return parseGgufHeader(path, new Cursor(bytes), totalBytes);
    } catch (error) {
      if (!(error instanceof MoreNeeded)) throw error;
      if (isAll) throw damaged(path, `ends within its header, at byte ${bytes.length}`);
      if (bytes.length >= MAX_HEADER_BYTES) {
        throw damaged(path, `has a header of more than ${MAX_HEADER_BYTES} bytes, which are allowed`);
      }
    }
  }
}

/** The bytes from `start` to `end`, or to the file's own, where nobody knows its size. */
async function readUpTo(
  source: WeightSource,
  path: string,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const { bytes } of streamRanges(source, path, [{ start }], signal)) {
    chunks.push(bytes);
    length += bytes.length;
    if (length >= end - start) break;
  }
  return joinChunks(chunks, length).subarray(0, end - start);
}
