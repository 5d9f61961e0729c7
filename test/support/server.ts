import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolvePath, serveFile } from '../../scripts/serve-file.ts';

/** The strictest policy that a page with our library must work under. */
export const STRICT_CSP = "default-src 'self'; script-src 'self'";

/** The headers of a cross-origin isolated page. */
export const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** How a test server misbehaves; it serves a folder well unless told. */
export interface TestServerOptions {
  /** On every response, such as a Content-Security-Policy. */
  headers?: Record<string, string>;
  /** Answers `Range` with 206; off, it sends whole files with 200. */
  ranges?: boolean;
  /** Milliseconds before each response. */
  latency?: number;
  /** What to wait for before the response to a path, where there is anything. */
  hold?: (path: string) => Promise<unknown> | undefined;
  /** Breaks each connection after so many bytes of a body, this many times in all. */
  drop?: { afterBytes: number; times: number };
  /** Bodies of paths that no file has, such as a page written in the test. */
  pages?: Record<string, string>;
}

/** A running server; `await using` closes it. */
export interface TestServer extends AsyncDisposable {
  /** Its address, with a slash at the end. */
  readonly url: string;
  /** What was asked for so far: method, path and range. */
  readonly requests: readonly { method: string; path: string; range?: string }[];
}

/** Serves a folder on a free port of this machine. */
export async function startServer(folder: string, options: TestServerOptions = {}): Promise<TestServer> {
  const requests: TestServer['requests'][number][] = [];
  const state = { drops: options.drop?.times ?? 0 };
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    requests.push({ method, path: url, ...(headers.range && { range: headers.range }) });
    if (options.latency) await sleep(options.latency);
    await options.hold?.(url);
    await answer(folder, request, response, options, state);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
  { headers = {}, ranges, drop, pages = {} }: TestServerOptions,
  state: { drops: number },
): Promise<void> {
  const url = request.url ?? '/';
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const page = pages[url];
  if (page !== undefined) {
    const type = url.endsWith('.js') ? 'text/javascript' : 'text/html';
    response.setHeader('Content-Type', `${type}; charset=utf-8`).end(page);
    return;
  }
  const { pathname } = new URL(url, 'http://localhost');
  const path = resolvePath(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
  const through = drop && state.drops > 0 ? breakAfter(drop.afterBytes, state) : undefined;
  if (!path || !(await serveFile(request, response, path, { ranges, through }))) response.writeHead(404).end();
}

/** Fails, and with it the connection, once more than so many bytes have passed. */
function breakAfter(limit: number, state: { drops: number }): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const room = limit - passed;
      passed += chunk.length;
      if (chunk.length <= room) return done(null, chunk);
      state.drops--;
      this.push(chunk.subarray(0, room));
      // Lets the bytes so far reach the wire before the connection breaks.
      setTimeout(() => done(new Error('dropped on purpose')), 20);
    },
  });
}
