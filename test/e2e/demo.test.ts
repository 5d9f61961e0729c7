import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { preview } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Report } from '../../src/index.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { STRICT_CSP, startServer, type TestServer } from '../support/server.ts';

const built = fileURLToPath(new URL('../../dist-demo', import.meta.url));
let browser: Browser;
let server: TestServer;
let folder: string;

// The page lies in a folder of a folder, as it may on any static host.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stillframe-demo-'));
  await symlink(built, join(folder, 'demo'), 'dir');
  server = await startServer(folder, { headers: { 'Content-Security-Policy': STRICT_CSP } });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function newContext(): Promise<BrowserContext> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  return context;
}

function waitForStatus(page: Page, text: string, timeout = 120_000): Promise<void> {
  return page.locator('#status').filter({ hasText: text }).waitFor({ timeout });
}

test('from the first visit to a clip, its file and its report', async () => {
  const { page, complaints } = await openPage(await newContext(), `${server.url}demo/?steps=2&frames=5&seed=3`);
  await page.getByRole('button', { name: 'Generate' }).click();
  await waitForStatus(page, 'Done.');
  expect(await distinctColors(page)).toBeGreaterThan(100);
  await page.getByRole('button', { name: /Play|Pause/ }).click();
  expect(await page.locator('#report').innerText()).toMatch(/128 x 128, 5 frames/);

  const clip = await download(page, 'Download clip');
  expect(clip.name).toMatch(/^clip\.(mp4|webm)$/);
  const magic = clip.name.endsWith('mp4') ? 'ftyp' : '\x1a\x45\xdf\xa3';
  expect(clip.bytes.subarray(0, 8).toString('latin1')).toContain(magic);
  const { bytes } = await download(page, 'Download report');
  const report = JSON.parse(bytes.toString()) as Report;
  expect(report).toMatchObject({ model: 'shapes', steps: 2, seed: 3, frames: 5, guidanceScale: 4 });
  expect(complaints).toEqual([]);
});

test('a run stops at Escape, and the next one works', async () => {
  const { page, complaints } = await openPage(await newContext(), `${server.url}demo/?frames=5`);
  const button = page.locator('#run');
  await button.click();
  expect(await button.innerText()).toMatch('Stop');
  await waitForStatus(page, 'Steps: 0 %');
  await page.keyboard.press('Escape');
  await waitForStatus(page, 'Stopped.');
  await page.getByLabel('Steps').first().fill('1');
  await button.click();
  await waitForStatus(page, 'Done.');
  expect(complaints).toEqual([]);
});

test('a second visit takes the weights from the store', async () => {
  const context = await newContext();
  const url = `${server.url}demo/`;
  const first = await openPage(context, url);
  await waitForStatus(first.page, 'Ready.');
  const before = server.requests.length;
  const second = await openPage(context, url);
  await waitForStatus(second.page, 'Ready.');
  expect(await second.page.locator('#phases').innerText()).toMatch('kept from last time');
  const weights = server.requests.slice(before).filter(({ path }) => path.endsWith('.safetensors'));
  expect(weights).toEqual([]);
});

// Vite's own server gives a compressed file where no range is asked for, and Chromium's cache mixed up the two.
test('a server that compresses is no obstacle', async () => {
  const compressing = await preview({ logLevel: 'error', preview: { port: 0, open: false } });
  onTestFinished(() => compressing.close());
  const { page } = await openPage(await newContext(), compressing.resolvedUrls?.local[0] as string);
  await Promise.race([waitForStatus(page, 'Ready.'), waitForStatus(page, 'It did not work.')]);
  expect(await page.locator('#status').innerText()).toBe('Ready.');
});

test('what went wrong is said, with a way out', async () => {
  await using broken = await startServer(folder, { drop: { afterBytes: 500_000, times: 1 } });
  const { page } = await openPage(await newContext(), `${broken.url}demo/?steps=1&frames=1`);
  await page.getByRole('alert').filter({ hasText: 'the connection ended' }).waitFor();
  expect(await page.locator('#status').innerText()).toBe('It did not work.');
  await page.getByRole('button', { name: 'Generate' }).click();
  await waitForStatus(page, 'Done.');
  expect(await page.getByRole('alert').isVisible()).toBe(false);
});

test('without WebGPU the page says so, and what to do', async () => {
  const context = await newContext();
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined }));
  const { page, complaints } = await openPage(context, `${server.url}demo/`);
  await page.getByRole('alert').filter({ hasText: 'no WebGPU' }).waitFor();
  expect(await page.getByRole('alert').innerText()).toMatch('Use Chrome');
  expect(await page.locator('#run').isDisabled()).toBe(true);
  expect(complaints).toEqual([]);
});

test('on a phone nothing is cut off', async () => {
  const { page } = await openPage(await newContext(), `${server.url}demo/`);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});

async function download(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return { name: saved.suggestedFilename(), bytes: await readFile(await saved.path()) };
}

function distinctColors(page: Page): Promise<number> {
  return page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data.buffer;
    return new Set(new Uint32Array(pixels ?? new ArrayBuffer(0))).size;
  });
}
