import type { Plugin } from 'vite';

/** `new URL('./worker.ts', import.meta.url)` of a `new Worker`. */
const WORKER = /(?<=new Worker\()new URL\('([^']+)', import\.meta\.url\)/g;

/**
 * Builds module workers as entries of the page's own build, so that both share what both import: Vite builds a worker by
 * itself, with a copy of it. In development Vite's own way does.
 */
export function sharedWorkers(): Plugin[] {
  return [
    {
      name: 'stillframe:shared-workers',
      apply: 'build',
      enforce: 'pre',
      async transform(code, importer) {
        const found = importer.includes('node_modules') ? [] : [...code.matchAll(WORKER)];
        if (found.length === 0) return;
        const addresses = new Map<string, string>();
        for (const [address, path = ''] of found) {
          const id = (await this.resolve(path, importer))?.id;
          if (!id) throw new Error(`${importer} starts a worker that is not there: ${path}`);
          addresses.set(address, `import.meta.ROLLDOWN_FILE_URL_${this.emitFile({ type: 'chunk', id })}`);
        }
        return code.replaceAll(WORKER, (address) => addresses.get(address) as string);
      },
    },
    {
      // Vite's helper of `import()` speaks to `window`, which a worker has not.
      name: 'stillframe:plain-imports',
      apply: 'build',
      enforce: 'pre',
      load: (id) =>
        id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load();' : undefined,
    },
  ];
}
