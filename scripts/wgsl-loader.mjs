/**
 * Lets Node import `*.wgsl` files as strings, as Vite's plugin does: for what records kernels and runs none.
 */
import { readFile } from 'node:fs/promises';

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  if (!url.endsWith('.wgsl')) return next(url, context);
  const source = `export default ${JSON.stringify(await readFile(new URL(url), 'utf8'))};`;
  return { format: 'module', source, shortCircuit: true };
}
