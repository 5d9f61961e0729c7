import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../scripts/setup/system.mjs';
import { openPage, type WatchedPage } from '../support/browser.ts';
import { DemoSite, download, holdWeights, SHORT, waitForStatus } from '../support/demo.ts';

/** Some steps are reused with these, and a preset reuses others. */
const CACHED = 'steps=8&frames=5&seed=3&policy=bwcache&set.threshold=0.14&set.tail=1&set.interval=1';

let site: DemoSite;

beforeAll(async () => {
  site = await DemoSite.start();
});

afterAll(() => site?.[Symbol.asyncDispose]());

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click();

// Each goes on where the one before left off, as someone would who stays.
describe('someone who stays', () => {
  let visit: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    const context = await site.browser.newContext({ acceptDownloads: true });
    visit = await openPage(context, `${site.server.url}demo/?${CACHED}`);
    page = visit.page;
  });

  afterAll(async () => {
    expect(visit.complaints).toEqual([]);
    await page.context().close();
  });

  test('makes a first clip: one press', async () => {
    await press(page, /^Generate$/);
    await waitForStatus(page, 'Done.');
    expect(await page.getByRole('heading', { name: 'Your clip', exact: true }).isVisible()).toBe(true);
    expect(await page.locator('.screen canvas').count()).toBe(1);
  });

  test('finds out what was skipped: it is in the sentence, the panels and the heat map', async () => {
    const said = await page.locator('.result-headline').innerText();
    expect(said).toMatch(/^Skipped \d+ % of the work\.$/);
    const share = /\d+/.exec(said)?.[0];
    expect(await page.locator('.story').innerText()).toContain(`${share} % of the work skipped`);
    await page.locator('.heat-map-cells').first().focus();
    await page.keyboard.press('End');
    expect(await page.locator('.heat-readout').innerText()).toMatch(
      /^with the prompt, step 7, block 0: (computed|reused)/,
    );
  });

  test('checks it against the full clip: one press, and a verdict', async () => {
    await press(page, 'Check against the full clip');
    await waitForStatus(page, 'Compared.');
    expect(await page.locator('.result-headline').innerText()).toMatch(/% of the work: \d+\.\d\d times as fast\.$/);
    expect(await page.locator('.verdict dd').innerText()).toMatch(/close|same|alike|different/);
    expect(await page.locator('.screen canvas').count()).toBe(2);
  });

  test('shares it: a loop and a picture with prompt and figure, and a gallery that is there next time', async () => {
    const loop = await download(page, 'Save loop');
    expect(loop.name).toMatch(/^stillframe-3-bwcache\.webp$/);
    // Side by side with the full clip, and captioned.
    expect(await sizeOf(page, loop.bytes, 'image/webp')).toEqual({ width: 756, height: 476, frames: 5 });
    const picture = await download(page, 'Save picture');
    expect(picture.bytes.subarray(1, 4).toString()).toBe('PNG');
    await expect.poll(() => page.evaluate(kept), { timeout: 30_000 }).toEqual(['baseline', 'run, measured']);
    await page.reload();
    await page.locator('.gallery button').nth(1).waitFor();
    expect(await page.locator('.gallery button').count()).toBe(2);
    expect(await page.locator('.result-headline').innerText()).toMatch(/times as fast\.$/);
    expect(await page.locator('.screen canvas').count()).toBe(2);
  });

  test('comes back after the page was changed so that it cannot read what it kept: it is dropped, not shown', async () => {
    await page.evaluate(spoilOne);
    await page.reload();
    await page.locator('.gallery button').first().waitFor();
    expect(await page.locator('.gallery button').count()).toBe(1);
  });

  test('changes how much is skipped: a choice and a press', async () => {
    await page.getByRole('radio', { name: 'fastest' }).check({ force: true });
    await press(page, /^Generate$/);
    await waitForStatus(page, 'Done.');
    expect(await page.locator('.gallery button').count()).toBe(2);
    await press(page, 'Clear all');
    expect(await page.locator('.runs').count()).toBe(0);
    await page.getByRole('heading', { name: 'A recorded example' }).waitFor();
    await expect.poll(() => page.evaluate(kept), { timeout: 30_000 }).toEqual([]);
    await page.reload();
    await page.getByRole('heading', { name: 'A recorded example' }).waitFor();
    expect(await page.locator('.gallery').count()).toBe(0);
  });

  test('puts the mouse aside: makes a clip, and stops another', async () => {
    await page.getByRole('heading', { name: 'A recorded example' }).waitFor();
    for (let presses = 0; presses < 10; presses++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement?.id === 'prompt')) break;
    }
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('a green ring spinning on a white background');
    await page.keyboard.press('Enter');
    await waitForStatus(page, 'Done.');
    expect(await page.locator('.stage-caption').innerText()).toMatch('a green ring');
    // So many that the key comes before they are done.
    await page.getByLabel('Steps', { exact: true }).fill('200');
    await page.locator('#prompt').focus();
    await page.keyboard.press('Enter');
    await waitForStatus(page, /^Steps/);
    await page.keyboard.press('Escape');
    await waitForStatus(page, 'Stopped.');
  });
});

test('someone with a model of their own chooses its folder, and sees what it is at once', async () => {
  await using bare = await DemoSite.start({ hold: holdWeights });
  const { page, complaints } = await bare.open();
  await page.getByLabel('Choose a folder').setInputFiles(join(ROOT, 'test/fixtures/wan-pipeline-euler'));
  const about = page.getByRole('article', { name: 'wan-pipeline-euler' });
  await about.waitFor();
  expect(await about.evaluate((card) => card.getBoundingClientRect().top)).toBeLessThan(720);
  expect(complaints).toEqual([]);
});

test('someone on a phone, who writes of what the model does not know, is told the nearest, and makes a clip', async () => {
  const context = await site.context({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  const { page, complaints } = await site.open(SHORT, context);
  await page.getByLabel('What should it show?').fill('a red ball bouncing on a black background');
  expect(await page.locator('.prompt-marks mark').innerText()).toBe('ball');
  await page.getByRole('button', { name: 'Replace ball by circle' }).tap();
  expect(await page.getByLabel('What should it show?').inputValue()).toBe(
    'a red circle bouncing on a black background',
  );
  expect(await page.locator('.prompt-marks mark').count()).toBe(0);
  await page.locator('#run').tap();
  await waitForStatus(page, 'Done.');
  await page.waitForTimeout(700);
  const { top, bottom } = await page.locator('.screen').evaluate((screen) => screen.getBoundingClientRect());
  expect(top).toBeGreaterThanOrEqual(-1);
  expect(bottom).toBeLessThanOrEqual(741);
  expect(complaints).toEqual([]);
});

/** The roles of the runs that the disk holds, and which of them were compared. */
function kept(): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('stillframe-gallery');
    opening.onsuccess = () => {
      const reading = opening.result.transaction('runs').objectStore('runs').getAll();
      reading.onerror = () => reject(reading.error);
      reading.onsuccess = () => {
        opening.result.close();
        resolve(reading.result.map(({ run }) => `${run.role}${run.measured ? ', measured' : ''}`).sort());
      };
    };
  });
}

/** Makes one of the kept runs one of another version. */
function spoilOne(): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('stillframe-gallery');
    opening.onsuccess = () => {
      const runs = opening.result.transaction('runs', 'readwrite').objectStore('runs');
      const reading = runs.getAll();
      reading.onsuccess = () => {
        const [stored] = reading.result.filter(({ run }) => run.role === 'baseline');
        const writing = runs.put({ ...stored, run: { key: stored.run.key, format: 0 } });
        writing.onsuccess = () => resolve();
        writing.onerror = () => reject(writing.error);
      };
    };
  });
}

/** What a browser sees in an animated picture. */
function sizeOf(page: Page, bytes: Buffer, type: string) {
  return page.evaluate(
    async ({ base64, type }) => {
      const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const decoder = new ImageDecoder({ data, type });
      await decoder.completed;
      const { image } = await decoder.decode({ frameIndex: 0 });
      const { displayWidth: width, displayHeight: height } = image;
      image.close();
      return { width, height, frames: decoder.tracks.selectedTrack?.frameCount };
    },
    { base64: bytes.toString('base64'), type },
  );
}
