import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** How a file is sent. */
export interface ServeOptions {
  /** Answers `Range` with 206; off, it sends whole files only, as simple servers do. On unless told. */
  ranges?: boolean;
  /** What the body passes through, such as a delay. */
  through?: Transform;
}

/** The file that a URL means inside a folder; undefined for a path that leaves the folder. */
export function resolvePath(folder: string, url: string): string | undefined {
  const path = normalize(join(folder, decodeURIComponent(new URL(url, 'http://localhost').pathname)));
  return path.startsWith(normalize(folder + sep)) ? path : undefined;
}

/**
 * Answers a GET or HEAD request with a file, streamed, with one byte range where one is asked for.
 *
 * @returns false, with nothing sent, where there is no such file.
 */
export async function serveFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { ranges = true, through }: ServeOptions = {},
): Promise<boolean> {
  const file = await stat(path).catch(() => undefined);
  if (!file?.isFile()) return false;
  const range = ranges ? parseRange(request.headers.range, file.size) : undefined;
  response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
  response.setHeader('Last-Modified', file.mtime.toUTCString());
  if (ranges) response.setHeader('Accept-Ranges', 'bytes');
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${file.size}` }).end();
    return true;
  }
  const { start, end } = range ?? { start: 0, end: file.size - 1 };
  response.setHeader('Content-Length', end - start + 1);
  if (range) response.setHeader('Content-Range', `bytes ${start}-${end}/${file.size}`);
  response.statusCode = range ? 206 : 200;
  if (request.method === 'HEAD' || file.size === 0) response.end();
  else await send(createReadStream(path, { start, end }), response, through);
  return true;
}

/** A reader that goes away in the middle is no error of the server. */
async function send(body: NodeJS.ReadableStream, response: ServerResponse, through?: Transform): Promise<void> {
  const sent = through ? pipeline(body, through, response) : pipeline(body, response);
  await sent.catch(() => response.destroy());
}

/** One `bytes=` range; several at once, or none, mean the whole file. */
function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [first, last] = [match?.[1], match?.[2]];
  if (!first && !last) return undefined;
  const start = first ? Number(first) : Math.max(0, size - Number(last));
  const end = first && last ? Math.min(Number(last), size - 1) : size - 1;
  return start > end ? 'unsatisfiable' : { start, end };
}
