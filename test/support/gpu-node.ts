import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** What Dawn for Node exports: the npm package `webgpu`, or the bare addon. */
interface Dawn {
  create(options: string[]): GPU;
  globals: Record<string, unknown>;
}

let gpu: Promise<GPU> | undefined;

/** Dawn's adapter, with the Vulkan driver that the environment names (scripts/dawn-env.ts). */
export async function requestTestAdapter(): Promise<GPUAdapter | undefined> {
  if (process.env.STILLFRAME_DAWN_MISSING) return undefined;
  gpu ??= loadDawn();
  return (await (await gpu).requestAdapter({ powerPreference: 'high-performance' })) ?? undefined;
}

/** Reads a fixture from the disk. */
export async function loadFixture(path: string): Promise<Uint8Array> {
  const bytes = await readFile(new URL(`../fixtures/${path}`, import.meta.url));
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** `DAWN_NODE` names another build of the addon, for machines where the package's own does not run. */
async function loadDawn(): Promise<GPU> {
  const path = process.env.DAWN_NODE;
  const dawn: Dawn = path ? createRequire(import.meta.url)(path) : await import('webgpu');
  Object.assign(globalThis, dawn.globals);
  return dawn.create(['enable-dawn-features=allow_unsafe_apis']);
}
