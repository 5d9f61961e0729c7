/**
 * From a file's bytes to its tensors, one after the other as they arrive.
 *
 * @module
 */

import type { CheckedSource } from './checked-source.ts';
import { joinSpans } from './ranges.ts';
import { streamRanges } from './read.ts';
import type { TensorInfo } from './safetensors.ts';
import type { ByteRange, Origin } from './source-types.ts';

/** Unwanted bytes up to this many are read through: about what a request's latency is worth at 100 Mbit/s. */
const MAX_GAP_BYTES = 1024 * 1024;

/** Options of `Checkpoint.stream`. */
export interface StreamOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes read so far and to be read in all by this call, and where the last ones came from. */
  readonly onBytes?: ((loaded: number, total: number, from: Origin) => void) | undefined;
}

/** Takes a tensor's bytes, which are its own to keep: little-endian, row-major, `info.dtype`. */
export type DeliverTensor = (info: TensorInfo, bytes: Uint8Array<ArrayBuffer>) => void | Promise<void>;

/**
 * Streams the tensors of `wanted`, file by file, as `Checkpoint.stream` promises.
 *
 * @throws IntegrityError, SourceError; `signal.reason` on abort; what `deliver` throws.
 */
export async function streamTensors(
  source: CheckedSource,
  wanted: readonly TensorInfo[],
  deliver: DeliverTensor,
  { signal, onBytes }: StreamOptions,
): Promise<void> {
  const files = [...new Set(wanted.map((info) => info.file))].map((file) => {
    const tensors = wanted.filter((info) => info.file === file).sort((a, b) => a.start - b.start || a.end - b.end);
    return { file, tensors, ...rangesToRead(source, file, tensors) };
  });
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let loaded = 0;
  for (const { file, tensors, ranges } of files) {
    const filler = new TensorFiller(tensors, deliver, signal);
    for await (const { offset, bytes, opened } of streamRanges(source, file, ranges, signal)) {
      await filler.add(offset, bytes);
      loaded += bytes.length;
      onBytes?.(loaded, total, opened.origin);
    }
    await filler.finish();
  }
}

/** What to read of a file, and how many bytes that is. */
function rangesToRead(
  source: CheckedSource,
  file: string,
  tensors: readonly TensorInfo[],
): { ranges: readonly ByteRange[]; bytes: number } {
  const expected = source.expected(file);
  // Without an end, so that the stream is read up to its own, where the hash is compared.
  if (expected) return { ranges: [{ start: 0 }], bytes: expected.bytes };
  const ranges = joinSpans(tensors, MAX_GAP_BYTES);
  return { ranges, bytes: ranges.reduce((sum, { start, end }) => sum + end - start, 0) };
}

/** Fills the wanted tensors of one file from ascending pieces of it. Holds the one that is being filled. */
class TensorFiller {
  #next = 0;
  #buffer: Uint8Array<ArrayBuffer> | undefined;

  /** @param tensors By offset. */
  constructor(
    private readonly tensors: readonly TensorInfo[],
    private readonly deliver: DeliverTensor,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Takes the bytes at `offset` of the file; waits for the receiver of each tensor that they complete. */
  async add(offset: number, bytes: Uint8Array): Promise<void> {
    const pieceEnd = offset + bytes.length;
    for (let info = this.tensors[this.#next]; info && info.start < pieceEnd; info = this.tensors[this.#next]) {
      this.#buffer ??= new Uint8Array(info.end - info.start);
      const from = Math.max(info.start, offset);
      const to = Math.min(info.end, pieceEnd);
      if (from < to) this.#buffer.set(bytes.subarray(from - offset, to - offset), from - info.start);
      if (info.end > pieceEnd) return;
      await this.#handOver(info);
    }
  }

  /** Hands over what is left once all bytes are there: tensors without elements at the file's end. */
  async finish(): Promise<void> {
    for (let info = this.tensors[this.#next]; info; info = this.tensors[this.#next]) await this.#handOver(info);
  }

  async #handOver(info: TensorInfo): Promise<void> {
    const bytes = this.#buffer ?? new Uint8Array(info.end - info.start);
    this.#buffer = undefined;
    this.#next++;
    await this.deliver(info, bytes);
    this.signal?.throwIfAborted(); // one chunk may hold many tensors
  }
}
