import { readFile } from 'node:fs/promises';
import type { Plugin } from 'vite';

/**
 * Imports `*.wgsl` files as strings. Builds drop comments and indentation, which a reader of the source wants and a
 * download does not.
 */
export function wgsl(): Plugin {
  let minify = false;
  return {
    name: 'wgsl',
    enforce: 'pre',
    configResolved(config) {
      minify = config.command === 'build';
    },
    async load(id) {
      if (!id.endsWith('.wgsl')) return;
      this.addWatchFile(id);
      const source = await readFile(id, 'utf8');
      return { code: `export default ${JSON.stringify(minify ? strip(source) : source)};`, map: null };
    },
  };
}

function strip(source: string): string {
  return source
    .replace(/\/\/.*$/gm, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}
