/**
 * GGUF files, by range: loaded when a model has one.
 *
 * @module
 */

import { streamRanges } from '../read.ts';
import type { ByteRange, WeightSource } from '../source-types.ts';
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
    const end = Math.min(want, totalBytes ?? want);
    // What is asked for to its end may be kept by whoever reads; past the file's end nothing may be asked for.
    const range = totalBytes === undefined ? { start: bytes.length } : { start: bytes.length, end };
    const more = await readUpTo(source, path, range, end - bytes.length, signal);
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

/** The first `most` bytes of a range, or as many as there are. */
async function readUpTo(
  source: WeightSource,
  path: string,
  range: ByteRange,
  most: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const { bytes } of streamRanges(source, path, [range], signal)) {
    chunks.push(bytes);
    length += bytes.length;
    if (length >= most) break;
  }
  return joinChunks(chunks, length).subarray(0, most);
}
