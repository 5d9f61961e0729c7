/**
 * Reading from a {@link WeightSource}: exact ranges, whatever the source makes of a range request.
 *
 * @module
 */

import { causeMessage, SourceError, WeightsError } from '../errors.ts';
import { parsePythonJson } from './python-json.ts';
import {
  type ByteRange,
  MissingFileError,
  type OpenedFile,
  RefusedFileError,
  type WeightSource,
} from './source-types.ts';
import { chunksOf, joinChunks, orAborted } from './streams.ts';

/** A piece of a file. */
export interface Piece {
  /** Absolute offset in the file of the first byte. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** The file it came from: its total size, and the origin of this piece. */
  readonly opened: OpenedFile;
}

/**
 * The bytes of ascending, disjoint ranges, in order, each range once and complete; only the last may lack an `end`.
 * A source that answers with more than was asked (a server that ignores `Range`) is read through once, not once a
 * range: what lies between is dropped.
 *
 * @throws SourceError when a file ends before a range does; what the source throws; `signal.reason` on abort.
 */
export async function* streamRanges(
  source: WeightSource,
  path: string,
  ranges: readonly ByteRange[],
  signal?: AbortSignal,
): AsyncGenerator<Piece, void, undefined> {
  let next = 0;
  while (next < ranges.length) {
    const first = ranges[next] as ByteRange;
    const whole = first.start === 0 && first.end === undefined;
    const opened = await openFile(source, path, whole ? undefined : first, signal);
    if (opened.start > first.start) {
      await opened.stream.cancel();
      throw new SourceError(
        `${source.label}: ${path} was answered from byte ${opened.start}, but byte ${first.start} was asked for.`,
        'The server’s answer to the Range header is wrong: serve the folder from another one.',
      );
    }
    // Where the range was ignored, this one stream carries the ranges that follow as well.
    const carried = opened.start === first.start ? ranges.slice(next, next + 1) : ranges.slice(next);
    yield* cutRanges(`${source.label}: ${path}`, opened, carried, signal);
    next += carried.length;
  }
}

/** Opens a file; on abort rejects at once, also where a caller's own source does not watch the signal. */
async function openFile(
  source: WeightSource,
  path: string,
  range: ByteRange | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenedFile> {
  const opening = source.open(path, range, signal);
  return orAborted(opening, signal).catch((error: unknown) => {
    if (signal?.aborted) opening.then(({ stream }) => stream.cancel()).catch(() => {});
    throw error;
  });
}

async function* cutRanges(
  name: string,
  opened: OpenedFile,
  ranges: readonly ByteRange[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Piece, void, undefined> {
  let position = opened.start;
  let index = 0;
  const isDone = () => index >= ranges.length;
  while (!isDone() && (ranges[index]?.end ?? Number.POSITIVE_INFINITY) <= position) index++; // empty ones
  if (isDone()) return opened.stream.cancel();
  for await (const chunk of chunksOf(opened.stream, signal)) {
    const chunkEnd = position + chunk.length;
    while (!isDone()) {
      const { start, end = Number.POSITIVE_INFINITY } = ranges[index] as ByteRange;
      const from = Math.max(start, position);
      const to = Math.min(end, chunkEnd);
      if (from < to) {
        const bytes = chunk.subarray(from - chunkEnd + chunk.length, to - chunkEnd + chunk.length);
        yield { offset: from, bytes, opened };
      }
      if (end > chunkEnd) break;
      index++;
    }
    position = chunkEnd;
    if (isDone()) return;
  }
  const { start, end } = ranges[index] as ByteRange;
  if (end !== undefined || position < start) {
    throw new SourceError(
      `${name} ends at byte ${position}, but bytes ${start} to ${end ?? 'its end'} were asked for.`,
      'The file is truncated: copy or upload it again.',
    );
  }
}

/**
 * A whole file, or a range of it, in memory: for headers and configuration, not for weights.
 *
 * @throws as {@link streamRanges}.
 */
export async function readBytes(
  source: WeightSource,
  path: string,
  range: ByteRange = { start: 0 },
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const { bytes } of streamRanges(source, path, [range], signal)) {
    chunks.push(bytes);
    total += bytes.length;
  }
  return joinChunks(chunks, total);
}

/**
 * A JSON file, parsed, `NaN` and `Infinity` included: Python writes them.
 *
 * @throws MissingFileError when there is none, or a page of HTML in its place; WeightsError when it is not JSON.
 */
export async function readJson(source: WeightSource, path: string, signal?: AbortSignal): Promise<unknown> {
  const text = new TextDecoder().decode(await readBytes(source, path, undefined, signal));
  try {
    return parsePythonJson(text);
  } catch (cause) {
    if (text.trimStart().startsWith('<')) {
      throw new MissingFileError(
        `${source.label}: ${path} is a page of HTML, not JSON.`,
        'The server answers so for files it does not have: check the model folder’s address.',
      );
    }
    throw new WeightsError(
      `${source.label}: ${path} is not valid JSON: ${causeMessage(cause)}.`,
      'Download or export the file again.',
      { cause },
    );
  }
}

/**
 * What `read` gives for the first candidate that is there; undefined where none is. A candidate that is refused may not
 * be there ({@link RefusedFileError}): the next one is tried.
 *
 * @throws the first refusal where none is there; at once what else `read` throws.
 */
export async function firstThere<C, T>(
  candidates: Iterable<C>,
  read: (candidate: C) => Promise<T>,
): Promise<T | undefined> {
  let refusal: RefusedFileError | undefined;
  for (const candidate of candidates) {
    try {
      return await read(candidate);
    } catch (error) {
      if (error instanceof RefusedFileError) refusal ??= error;
      else if (!(error instanceof MissingFileError)) throw error;
    }
  }
  if (refusal) throw refusal;
  return undefined;
}

/**
 * Whether the source has this file and gives it, for a choice between names.
 *
 * @throws SourceError when it cannot tell, e.g. HTTP 500.
 */
export async function exists(source: WeightSource, path: string, signal?: AbortSignal): Promise<boolean> {
  try {
    const opened = await openFile(source, path, { start: 0, end: 1 }, signal);
    await opened.stream.cancel();
    return true;
  } catch (error) {
    if (error instanceof MissingFileError || error instanceof RefusedFileError) return false;
    throw error;
  }
}
