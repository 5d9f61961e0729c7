import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Connect, Plugin } from 'vite';
import { models } from '../scripts/models-plugin.ts';
import { resolvePath, serveFile } from '../scripts/serve-file.ts';
import { ROOT } from '../scripts/setup/system.mjs';
import { wgsl } from '../scripts/wgsl-plugin.ts';

/** Makes a page cross-origin isolated: onnxruntime-web's threads need that; our library does not. */
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** Where pages begin; the rest of the path is their script. */
const PAGE = '/page/';

/** A server of this repository's pages and of folders of the user's, for a browser on this machine. */
export interface PageServer extends AsyncDisposable {
  /** The URL of a page with nothing but a script. @param module From the repository's root. */
  page(module: string): string;
  /** Serves a folder, with ranges. @returns its URL, which only who is told it can know. */
  mount(folder: string): string;
  /** Puts folders for the URLs that `mount` gave, so that a message names what the user typed. */
  withFolders(text: string): string;
}

/** Starts a server on a free port of this machine: TypeScript and WGSL are compiled as the page asks for them. */
export async function startPageServer(): Promise<PageServer> {
  // Vite takes a while to load: not before it is known that it is needed.
  const { createServer } = await import('vite');
  const mounts = new Map<string, string>();
  const listeners = process.listeners('SIGTERM');
  const server = await createServer({
    configFile: false,
    root: ROOT,
    cacheDir: join(ROOT, '.cache/vite-cli'),
    appType: 'custom',
    logLevel: 'warn',
    plugins: [wgsl(), models(ROOT), page(), mounted(mounts)],
    // Bundling dependencies first, or following edits, would reload the page in the middle of a run.
    optimizeDeps: { noDiscovery: true, include: [] },
    server: { host: '127.0.0.1', port: 0, hmr: false, ws: false, watch: null, headers: ISOLATED },
  });
  // At a SIGTERM Vite would end the process itself, before what was begun is cleared away.
  for (const listener of process.listeners('SIGTERM')) {
    if (!listeners.includes(listener)) process.off('SIGTERM', listener);
  }
  await server.listen(0);
  const { port } = (server.httpServer as Server).address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  return {
    page: (module) => `${url}${PAGE.slice(1)}${module}`,
    mount(folder) {
      const path = `${randomUUID()}/`;
      mounts.set(`/${path}`, folder);
      return url + path;
    },
    withFolders(text) {
      let named = text;
      for (const [path, folder] of mounts) named = named.replaceAll(url + path.slice(1), join(folder, '/'));
      return named;
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** Serves pages without the client that Vite would put into them: it follows edits, over a socket that is off. */
function page(): Plugin {
  const serve: Connect.NextHandleFunction = (request, response, next) => {
    if (!request.url?.startsWith(PAGE)) return next();
    const script = request.url.slice(PAGE.length - 1);
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    for (const [name, value] of Object.entries(ISOLATED)) response.setHeader(name, value);
    response.end(`<!doctype html><link rel="icon" href="data:,"><script type="module" src="${script}"></script>`);
  };
  return { name: 'page', configureServer: (server) => void server.middlewares.use(serve) };
}

/** Serves the mounted folders ahead of Vite, as they are. */
function mounted(mounts: ReadonlyMap<string, string>): Plugin {
  const serve: Connect.NextHandleFunction = (request, response, next) => {
    const url = request.url ?? '/';
    const prefix = url.slice(0, url.indexOf('/', 1) + 1);
    const folder = mounts.get(prefix);
    if (folder === undefined) return next();
    // Workers of an isolated page must be isolated too.
    for (const [name, value] of Object.entries(ISOLATED)) response.setHeader(name, value);
    const path = resolvePath(folder, url.slice(prefix.length - 1));
    const found = path === undefined ? Promise.resolve(false) : serveFile(request, response, path);
    found.then((sent) => {
      if (!sent) response.writeHead(404).end();
    }, next);
  };
  return { name: 'mounted', configureServer: (server) => void server.middlewares.use(serve) };
}
