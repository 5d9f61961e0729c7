import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Connect, Plugin } from 'vite';
import { resolvePath, serveFile } from './serve-file.ts';

const SERVED = ['models', 'weights-manifest.json', 'LICENSE'];

/**
 * Puts `models/`, `weights-manifest.json` and the licence beside the demo page, served with ranges while developing and copied by the
 * build: they are no part of the module graph.
 */
export function models(root: string): Plugin {
  const serve: Connect.NextHandleFunction = (request, response, next) => {
    const path = resolvePath(root, request.url ?? '/');
    const isServed = path !== undefined && SERVED.some((name) => `${path}/`.startsWith(join(root, name, '/')));
    if (!isServed) return next();
    serveFile(request, response, path).then((found) => {
      if (!found) response.writeHead(404).end();
    }, next);
  };
  let outDir = '';
  return {
    name: 'models',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    configureServer(server) {
      server.middlewares.use(serve);
    },
    async closeBundle() {
      if (this.environment.config.command !== 'build') return;
      await Promise.all(SERVED.map((name) => cp(join(root, name), join(outDir, name), { recursive: true })));
    },
  };
}
