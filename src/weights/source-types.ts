/**
 * The contract between whoever holds a model folder (a server, a disk, a browser's store) and whoever reads it.
 *
 * @module
 */

import { SourceError } from '../errors.ts';

/** Bytes `start` (included) to `end` (excluded; left out: to the end of the file). */
export interface ByteRange {
  /** First byte. */
  readonly start: number;
  /** Behind the last byte; absent: to the end. */
  readonly end?: number;
}

/** Where bytes came from, for progress: a server, the browser's store of verified bytes, the user's disk. */
export type Origin = 'network' | 'store' | 'disk';

/** A file being read. */
export interface OpenedFile {
  /** The bytes from `start` on. Its reader cancels it when done early; it errors with named errors only. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Offset in the file of the stream's first byte: the range's start, or 0 where the server ignored the range. */
  readonly start: number;
  /** Size of the whole file in bytes, where the source can tell. */
  readonly totalBytes: number | undefined;
  /** Where the chunk read last came from; may change while the stream is read. */
  readonly origin: Origin;
}

/** A model folder: paths are relative, with `/` between segments. */
export interface WeightSource {
  /** What to call it in messages: a URL or a folder's name. */
  readonly label: string;
  /** Whether its bytes are worth keeping in a store (`network`) or are at hand already (`disk`). */
  readonly origin: Origin;
  /**
   * Opens a file, or a range of it. An aborted `signal` rejects the call, and errors the stream, with `signal.reason`.
   *
   * @throws MissingFileError when there is no such file; SourceError when it cannot be read.
   */
  open(path: string, range?: ByteRange, signal?: AbortSignal): Promise<OpenedFile>;
  /**
   * Names of the files that lie directly in a folder, `''` for the top; none where there is no such folder. Left out, or
   * undefined, where nobody can tell, as of a server: then names are tried.
   */
  list?(folder: string, signal?: AbortSignal): Promise<readonly string[] | undefined>;
}

/** The file is not there: the one {@link SourceError} after which another file name may be tried. */
export class MissingFileError extends SourceError {
  /** Tells this class apart where `instanceof` cannot, across copies of the library. */
  readonly notFound = true;
  override readonly name = 'MissingFileError';
}

/**
 * The server refused the file (HTTP 401 or 403). Object stores without the right to list answer so for what they do not
 * have, too: while a file's name is only guessed, it means the same as {@link MissingFileError}.
 */
export class RefusedFileError extends SourceError {}
