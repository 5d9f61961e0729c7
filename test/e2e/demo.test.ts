import type { Page } from 'playwright-core';
import { preview } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Report } from '../../src/index.ts';
import { openPage } from '../support/browser.ts';
import { beforeWorker, DemoSite, download, SHORT, waitForStatus } from '../support/demo.ts';
import { ISOLATED } from '../support/server.ts';

let site: DemoSite;

beforeAll(async () => {
  site = await DemoSite.start();
});

afterAll(() => site?.[Symbol.asyncDispose]());

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

test('from the first visit to a clip, its file and its report', async () => {
  const { page, complaints } = await site.open(SHORT);
  await press(page, 'Generate');
  await waitForStatus(page, 'Done.');
  expect(await distinctColors(page)).toBeGreaterThan(100);
  await page.getByRole('button', { name: /Play|Pause/ }).click();
  expect(await page.locator('#load').innerText()).toMatch('from network');

  const clip = await download(page, 'Save video');
  expect(clip.name).toMatch(/^stillframe-3-bwcache\.(mp4|webm)$/);
  expect(await decoded(page, clip)).toEqual({ frames: 5, width: 128, height: 128 });
  const { bytes } = await download(page, 'Save report');
  const report = JSON.parse(bytes.toString()) as Report;
  expect(report).toMatchObject({ model: 'shapes', steps: 3, seed: 3, frames: 5, guidanceScale: 4 });
  expect(report.policy.name).toBe('bwcache');
  expect(complaints).toEqual([]);
});

test('with COOP and COEP headers it works as well, and a second visit takes the weights from the store', async () => {
  await using isolated = await DemoSite.start({ headers: ISOLATED });
  const context = await isolated.context();
  const first = await isolated.open('', context);
  await waitForStatus(first.page, 'Ready.');
  expect(await first.page.evaluate(() => crossOriginIsolated)).toBe(true);
  const before = isolated.server.requests.length;
  const second = await isolated.open('steps=1&frames=1', context);
  await waitForStatus(second.page, 'Ready.');
  expect(await second.page.locator('#load').innerText()).toMatch('from cache');
  const weights = isolated.server.requests.slice(before).filter(({ path }) => path.endsWith('.safetensors'));
  expect(weights).toEqual([]);
  await press(second.page, 'Generate');
  await waitForStatus(second.page, 'Done.');
  expect([...first.complaints, ...second.complaints]).toEqual([]);
});

// Vite's own server gives a compressed file where no range is asked for, and Chromium's cache mixed up the two.
test('a server that compresses is no obstacle', async () => {
  const compressing = await preview({ logLevel: 'error', preview: { port: 0, open: false } });
  onTestFinished(() => compressing.close());
  const address = compressing.resolvedUrls?.local[0] as string;
  const { page, complaints } = await openPage(await site.context(), address);
  await waitForStatus(page, /Ready\.|It did not work\./);
  expect(await page.locator('#status').innerText()).toBe('Ready.');
  expect(complaints).toEqual([]);
});

test('what went wrong is said, with a way out', async () => {
  await using broken = await DemoSite.start({ drop: { afterBytes: 500_000, times: 1 } });
  const { page, complaints } = await broken.open('steps=1&frames=1');
  await page.getByRole('alert').filter({ hasText: 'the connection ended' }).waitFor();
  expect(await page.locator('#status').innerText()).toBe('It did not work.');
  await press(page, 'Generate');
  await waitForStatus(page, 'Done.');
  expect(await page.getByRole('alert').count()).toBe(0);
  // The browser's own word on the connection that the server broke; the page adds none.
  expect(complaints.filter((text) => !text.includes('ERR_CONTENT_LENGTH_MISMATCH'))).toEqual([]);
});

test('an option that is refused is said by the form, and can be put right', async () => {
  const { page, complaints } = await site.open('steps=1&frames=1&policy=bwcache&set.blocks=some');
  await press(page, 'Generate');
  await page.getByRole('alert').filter({ hasText: 'policyOptions.blocks is "some"' }).waitFor();
  await page.getByRole('radio', { name: 'balanced' }).check({ force: true });
  await page.getByRole('textbox', { name: 'blocks' }).fill('all');
  await press(page, 'Generate');
  await waitForStatus(page, 'Done.');
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('without WebGPU the page says so, and what to do', async () => {
  const context = await site.context();
  await beforeWorker(context, "Object.defineProperty(WorkerNavigator.prototype, 'gpu', { get: () => undefined })");
  const { page, complaints } = await site.open('', context);
  const alert = page.getByRole('alert').filter({ hasText: 'no WebGPU' });
  await alert.waitFor();
  expect(await alert.innerText()).toMatch(/Chrome[\s\S]*121/);
  expect(await page.locator('#run').isDisabled()).toBe(true);
  expect(complaints).toEqual([]);
});

function distinctColors(page: Page): Promise<number> {
  return page.locator('.stage canvas').evaluate((canvas: HTMLCanvasElement) => {
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data.buffer;
    return new Set(new Uint32Array(pixels ?? new ArrayBuffer(0))).size;
  });
}

/** Opens a file in an empty page, which may have data URLs as sources, and counts the frames that it shows. */
async function decoded(
  page: Page,
  { name, bytes }: { name: string; bytes: Buffer },
): Promise<{ frames: number; width: number; height: number }> {
  const player = await page.context().newPage();
  const type = name.endsWith('mp4') ? 'video/mp4' : 'video/webm';
  return player.evaluate(
    async ({ type, base64 }) => {
      const video = document.createElement('video');
      video.src = `data:${type};base64,${base64}`;
      video.muted = true;
      const seen = new Set<number>();
      await new Promise((resolve, reject) => {
        video.addEventListener('loadeddata', resolve);
        video.addEventListener('error', () => reject(new Error(video.error?.message)));
      });
      const { videoWidth: width, videoHeight: height, duration } = video;
      // Seeking shows each frame for sure; playing may drop some.
      for (let frame = 0; frame < Math.round(duration * 8); frame++) {
        const shown = new Promise<number>((resolve) => {
          video.requestVideoFrameCallback((_, { mediaTime }) => resolve(mediaTime));
        });
        video.currentTime = (frame + 0.5) / 8;
        seen.add(await shown);
      }
      return { frames: seen.size, width, height };
    },
    { type, base64: bytes.toString('base64') },
  );
}
