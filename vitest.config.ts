import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumArguments } from './scripts/chromium.ts';
import CountReporter from './scripts/count-reporter.ts';
import { dawnEnvironment } from './scripts/dawn-env.ts';
import { findBrowser } from './scripts/setup/browser.mjs';
import TimeReporter from './scripts/time-reporter.ts';
import { wgsl } from './scripts/wgsl-plugin.ts';

const dawn = dawnEnvironment();

// The demo imports the package by its name.
const alias = {
  'stillframe/policies': fileURLToPath(new URL('src/policies.ts', import.meta.url)),
  stillframe: fileURLToPath(new URL('src/index.ts', import.meta.url)),
};

// Chromium's software adapter has no f16: without a real GPU, what is about f16 runs on lavapipe, and nothing else does.
const F16 = 'test/gpu/f16/**/*.test.ts';
const realGpu = process.env.STILLFRAME_GPU === '1';
const lavapipeTests = realGpu || process.env.STILLFRAME_DAWN ? 'test/gpu/**/*.test.ts' : F16;

/** What measures the page against the clock. */
const TIMED = ['test/e2e/demo-speed.test.ts', 'test/e2e/demo-first-view.test.ts'];

/**
 * Kernel and model tests (`test/gpu`) run in Chromium, and those about f16 in Node with Dawn on a driver that has it.
 * A software adapter computes on all cores, but compiles a kernel on one, and much of a test is that; in one browser two pages
 * wait for each other's kernels. So `browser` and `e2e`, whose browsers are their own, run beside each other, a file of each at a
 * time. What is timed runs alone.
 */
export default defineConfig({
  test: {
    reporters: ['default', new TimeReporter(), new CountReporter()],
    projects: [
      {
        plugins: [wgsl()],
        resolve: { alias },
        test: {
          name: 'node',
          include: ['test/node/**/*.test.ts'],
          sequence: { groupOrder: 0 },
          // Vitest would leave a core alone, which is half of two.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          testTimeout: 30_000,
        },
      },
      {
        plugins: [wgsl()],
        resolve: { alias },
        optimizeDeps: { exclude: ['webgpu'], include: ['comlink', 'mediabunny'] },
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts', 'test/gpu/**/*.test.ts'],
          exclude: realGpu ? [] : [F16],
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                channel: 'chromium',
                executablePath: process.env.CHROME_PATH ?? findBrowser(),
                args: chromiumArguments(),
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        plugins: [wgsl()],
        test: {
          name: 'lavapipe',
          include: [lavapipeTests],
          sequence: { groupOrder: 2 },
          setupFiles: ['test/lavapipe/setup.ts'],
          runner: 'test/lavapipe/runner.ts',
          pool: 'forks',
          isolate: false,
          fileParallelism: false,
          testTimeout: 60_000,
          env: 'env' in dawn ? dawn.env : { STILLFRAME_DAWN_MISSING: dawn.missing },
        },
      },
      {
        plugins: [wgsl()],
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: TIMED,
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        plugins: [wgsl()],
        test: {
          name: 'timed',
          include: TIMED,
          sequence: { groupOrder: 3 },
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
