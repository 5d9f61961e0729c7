/**
 * What kernel and model tests need of their surroundings, the same in Chromium and in Node (Dawn).
 *
 * @module
 */
import { describe } from 'vitest';

const platform = typeof document === 'undefined' ? await import('./gpu-node.ts') : await import('./gpu-browser.ts');

/** A fresh adapter; undefined only in Node on a machine without the Vulkan driver asked for. */
export const requestTestAdapter: () => Promise<GPUAdapter | undefined> = platform.requestTestAdapter;

/** The bytes of a file of `test/fixtures/`, such as `wan-vae/golden.safetensors`. */
export const loadFixture: (path: string) => Promise<Uint8Array> = platform.loadFixture;

/** The features of the adapter that the tests run on, known while suites are collected. */
export const testFeatures: ReadonlySet<string> = (await requestTestAdapter())?.features ?? new Set();

/** A `describe` for half-precision shaders: where the adapter has none its tests are reported as skipped. */
export const describeWithF16 = describe.skipIf(!testFeatures.has('shader-f16'));
