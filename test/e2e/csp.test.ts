import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../../scripts/setup/system.mjs';
import { launchBrowser, openPage } from '../support/browser.ts';
import { type Consumer, installPackage } from '../support/consumer.ts';
import { ISOLATED, STRICT_CSP, startServer } from '../support/server.ts';

const RUN = `
  import { loadPipeline } from 'stillframe';
  export async function run(folder) {
    const pipeline = await loadPipeline('shapes', { manifestUrl: new URL('weights-manifest.json', folder) });
    const clip = await pipeline.generate({ prompt: 'a red circle moving left on a sky&nbsp;background', steps: 1, frames: 5 });
    const bytes = await clip.rgba();
    const file = await clip.toBlob();
    clip.dispose();
    await pipeline.dispose();
    return [bytes.length, file.size > 500].join();
  }`;
const PAGE = `
  import { run } from './run.js';
  run(document.baseURI).then((result) => { document.title = result; }, (error) => { document.title = String(error); });`;
const WORKER = `
  import { run } from './run.js';
  run(new URL('../', location.href)).then(postMessage, (error) => postMessage(String(error)));`;
const WORKER_PAGE = `
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }) => { document.title = data; };`;

let app: Consumer;
let browser: Browser;

beforeAll(async () => {
  app = await installPackage();
  await app.write('run.js', RUN);
  await app.write('page.js', PAGE);
  await app.write('worker.js', WORKER);
  await app.write('worker-page.js', WORKER_PAGE);
  for (const name of ['page', 'worker-page']) {
    await app.write(
      `${name}.html`,
      `<!doctype html><title>-</title><script type="module" src="./${name}.js"></script>`,
    );
  }
  await build({
    root: app.folder,
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { rolldownOptions: { input: ['page.html', 'worker-page.html'].map((name) => join(app.folder, name)) } },
  });
  for (const name of ['models', 'weights-manifest.json'])
    await symlink(join(ROOT, name), join(app.folder, 'dist', name));
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await app?.[Symbol.asyncDispose]();
});

/** 5 frames of 128 x 128 pixels of 4 bytes, and a file. */
const EXPECTED = `${5 * 128 * 128 * 4},true`;

test.each([
  ['a page', 'page.html', {}],
  ['a cross-origin isolated page', 'page.html', ISOLATED],
  ['a module worker', 'worker-page.html', {}],
])('the built package generates in %s under a strict policy', async (_, path, headers) => {
  await using server = await startServer(join(app.folder, 'dist'), {
    headers: { 'Content-Security-Policy': STRICT_CSP, ...headers },
    pages: { '/favicon.ico': '' },
  });
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const { page, complaints } = await openPage(context, server.url + path);
  await page.waitForFunction(() => document.title !== '-');
  expect(await page.title()).toBe(EXPECTED);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(headers === ISOLATED);
  expect(complaints).toEqual([]);
  expect(await page.evaluate(violate), 'the policy is in force').toBe('script-src-elem');
});

/** Adds a script that the policy forbids. @returns the directive that it violates. */
function violate(): Promise<string> {
  return new Promise((resolve) => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective));
    document.head.append(Object.assign(document.createElement('script'), { textContent: '1' }));
    setTimeout(() => resolve('none'), 1000);
  });
}

test('a page whose files a new version has replaced says so', async () => {
  await using server = await startServer(join(app.folder, 'dist'), { pages: { '/favicon.ico': '' } });
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  await context.route('**/wan-*.js', (route) => route.fulfill({ status: 404 }));
  const { page } = await openPage(context, `${server.url}page.html`);
  await page.waitForFunction(() => document.title !== '-');
  expect(await page.title()).toMatch(
    /^SourceError: The code for the WanPipeline could not be loaded: .*reload the page/,
  );
});
