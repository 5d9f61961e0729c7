/**
 * A model folder on a server, read by HTTP ranges where the server gives them.
 *
 * @module
 */

import { causeMessage, OptionError, SourceError } from '../errors.ts';
import { type KnownKeys, refuseUnknown } from '../known-keys.ts';
import { isFolderUrl, shownUrl, wholeUrl } from './address.ts';
import {
  type ByteRange,
  MissingFileError,
  type OpenedFile,
  RefusedFileError,
  type WeightSource,
} from './source-types.ts';
import { chunksOf, streamOf } from './streams.ts';

/** Options of {@link sourceFromUrl}. */
export interface UrlSourceOptions {
  /** Called instead of the global `fetch`: to add headers, or to test. */
  readonly fetch?: typeof globalThis.fetch;
}

const OPTIONS: KnownKeys<UrlSourceOptions> = { fetch: 1 };

/**
 * A model folder by its URL, e.g. `https://example.org/models/shapes/`; relative ones count from the page. A query
 * (a signature, say) is repeated on every file, and never shown.
 *
 * @throws OptionError for an address that is none, or is of no folder, as `data:` and `blob:` are. SourceError from `open`,
 * with URL and status or the network's own words; MissingFileError on 404, 410, and where a page of HTML comes instead of
 * a file, as single-page servers send for paths that they do not know.
 */
export function sourceFromUrl(url: string | URL, options: UrlSourceOptions = {}): WeightSource {
  refuseUnknown('sourceFromUrl', options, OPTIONS);
  const folder = folderUrl(url);
  const request = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  return {
    label: shownUrl(folder),
    origin: 'network',
    open(path, range, signal) {
      const file = new URL(path.split('/').map(encodeURIComponent).join('/'), folder);
      file.search = folder.search;
      return openUrl(file, request, range, signal);
    },
  };
}

/**
 * Opens the file at an address, or a range of it.
 *
 * @throws as `WeightSource.open`.
 */
export async function openUrl(
  url: URL,
  request: typeof globalThis.fetch,
  range?: ByteRange,
  signal?: AbortSignal,
): Promise<OpenedFile> {
  const headers = range && (range.start > 0 || range.end !== undefined) ? { Range: rangeHeader(range) } : undefined;
  let response: Response;
  try {
    // Past the browser's cache, which takes ranges of a compressed answer from its compressed bytes (Chromium 156).
    response = await request(url, { cache: 'no-store', ...(headers && { headers }), ...(signal && { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new SourceError(
      `${shownUrl(url)} could not be fetched: ${causeMessage(cause)}.`,
      url.protocol === 'file:'
        ? 'Browsers read nothing by file: addresses: serve the folder (npx vite, python3 -m http.server), or let the user pick it.'
        : 'Check the address, the connection, and that the server allows this page (CORS).',
      { cause },
    );
  }
  return openResponse(shownUrl(url), response, range, signal);
}

function folderUrl(url: string | URL): URL {
  const folder = wholeUrl(url, 'The model folder');
  if (!isFolderUrl(folder)) {
    throw new OptionError(
      `${shownUrl(folder)} is not the address of a model folder: ${folder.protocol} addresses are of one file.`,
      'Give the http: or https: address of a folder, or its files: a list of File, or a directory handle.',
    );
  }
  if (!folder.pathname.endsWith('/')) folder.pathname += '/';
  return folder;
}

function rangeHeader({ start, end }: ByteRange): string {
  return `bytes=${start}-${end === undefined ? '' : end - 1}`;
}

async function openResponse(
  url: string,
  response: Response,
  range: ByteRange | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenedFile> {
  const { status, body } = response;
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
  if (response.ok && body && !isPage) {
    const from = status === 206 ? contentRange(response) : undefined;
    const start = status === 206 ? (from?.start ?? range?.start ?? 0) : 0;
    const length = contentLength(response);
    return {
      stream: streamOf(checkedBody(url, body, length, signal)),
      start,
      totalBytes: status === 206 ? from?.totalBytes : length,
      origin: 'network',
    };
  }
  await body?.cancel();
  if (status === 416 && range) {
    // The range begins behind the file's end: no bytes, as a slice of a file on disk would have none.
    return { stream: new Blob().stream(), start: range.start, totalBytes: undefined, origin: 'network' };
  }
  if (status === 404 || status === 410 || (response.ok && isPage)) {
    const answer = response.ok ? 'a page of HTML' : `HTTP ${status}`;
    throw new MissingFileError(
      `${url} is not there: the server answered ${answer}.`,
      'Check the model folder’s address.',
    );
  }
  const problem = `${url} answered HTTP ${status} ${response.statusText}`.trimEnd();
  if (status === 401 || status === 403) {
    throw new RefusedFileError(`${problem}.`, 'Ask for access, or load the files from disk instead.');
  }
  throw new SourceError(
    problem + (response.ok ? ' without a body.' : '.'),
    'Try again later, or load the files from disk instead.',
  );
}

/** Passes the body on; names the errors that a cut connection gives, also where the browser closes it in silence. */
async function* checkedBody(
  url: string,
  body: ReadableStream<Uint8Array>,
  length: number | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0;
  const cut = (why: string, cause?: unknown) =>
    new SourceError(
      `${url}: the connection ended after ${received} of ${length ?? 'an unknown number of'} bytes${why}.`,
      'Load again: with a store, the download resumes where it stopped.',
      { cause },
    );
  try {
    for await (const chunk of chunksOf(body, signal)) {
      received += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw cut(` (${causeMessage(cause)})`, cause);
  }
  // Fewer bytes than promised is a cut; more is only a server that names the size before decompression.
  if (length !== undefined && received < length) throw cut('');
}

/** The body's length, where the header tells it: for a compressed answer it counts other bytes. */
function contentLength(response: Response): number | undefined {
  if (response.headers.has('content-encoding')) return undefined;
  return wholeNumber(response.headers.get('content-length'));
}

/** `Content-Range: bytes 5-9/20`; other origins hide it unless they expose it. */
function contentRange(response: Response): { start: number; totalBytes: number | undefined } | undefined {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  if (!match) return undefined;
  return { start: Number(match[1]), totalBytes: wholeNumber(match[2] ?? null) };
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}
