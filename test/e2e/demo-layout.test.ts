import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { WatchedPage } from '../support/browser.ts';
import { DemoSite, holdWeights, SHORT, waitForStatus } from '../support/demo.ts';

let site: DemoSite;

beforeAll(async () => {
  site = await DemoSite.start();
});

afterAll(() => site?.[Symbol.asyncDispose]());

const PHONE = { width: 360, height: 740 };

/** A layout shift that no input asked for. */
interface Shift {
  readonly value: number;
  readonly moved: readonly string[];
}

/** The visit on a phone, with its run. */
let phone: WatchedPage;

test.each([
  ['a wide screen', { width: 1440, height: 900 }],
  ['a phone', PHONE],
])('on %s nothing is cut off, and nothing jumps from the load to the finished run', async (_, viewport) => {
  const context = await site.browser.newContext({ viewport });
  if (viewport !== PHONE) onTestFinished(() => context.close());
  await context.addInitScript(recordShifts);
  phone = await site.open(SHORT, context);
  const { page, complaints } = phone;
  await waitForStatus(page, 'Ready.');
  await expectWhole(page, viewport.width, 'fresh');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await waitForStatus(page, 'Done.');
  await expectWhole(page, viewport.width, 'done');
  const shifts = await recordedShifts(page);
  const sum = shifts.reduce((total, { value }) => total + value, 0);
  expect(sum, JSON.stringify(shifts)).toBeLessThan(0.05);
  // Something that jumps is seen; not right after the picture, which resized the page.
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(1000);
  await page.evaluate(() => {
    document.body.style.paddingTop = '300px';
  });
  const count = async () => (await recordedShifts(page)).length;
  await expect.poll(count, { timeout: 20_000 }).toBeGreaterThan(shifts.length);
  expect(complaints).toEqual([]);
});

test('with text of twice the size nothing sticks out on a phone, all panels being open', async () => {
  const { page, complaints } = phone;
  const browser = await page.context().newCDPSession(page);
  await browser.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 26 } });
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('32px');
  await expectWhole(page, 360, 'large');
  expect(complaints).toEqual([]);
});

test('with the system’s own colours, what is chosen, computed and reused can still be told apart', async () => {
  const context = await site.context({ forcedColors: 'active' });
  const { page, complaints } = await site.open('steps=6&frames=1&policy=bwcache&set.threshold=9&set.warmup=1', context);
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await waitForStatus(page, 'Done.');
  const background = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => {
        const { backgroundColor, backgroundImage } = getComputedStyle(element);
        return `${backgroundColor} ${backgroundImage}`;
      });
  const chosen = [await background('[aria-pressed="true"]'), await background('[aria-pressed="false"]')];
  expect(new Set(chosen).size).toBe(2);
  const steps = [await background('.strip-cells .computed'), await background('.strip-cells .reused')];
  expect(new Set(steps).size).toBe(2);
  // The first step has nothing to be measured against; the second starts the reuse.
  const [unmeasured, measured, reused] = await page.locator('.heat-map canvas').first().evaluate(colorsOfSteps, 6);
  expect(new Set([unmeasured, measured, reused]).size).toBe(3);
  expect(complaints).toEqual([]);
});

/** The colours in the first row of a heat map, a step each. */
function colorsOfSteps(canvas: Element, steps: number): string[] {
  if (!(canvas instanceof HTMLCanvasElement)) throw new Error('the heat map is no canvas');
  const { width } = canvas;
  const row = canvas.getContext('2d')?.getImageData(0, 2, width, 1).data ?? [];
  return Array.from({ length: steps }, (_, step) => {
    const middle = 4 * Math.round(((step + 0.5) * width) / steps);
    return row.slice(middle, middle + 4).join();
  });
}

test('on a phone the stage comes right after the prompt', async () => {
  await using bare = await DemoSite.start({ hold: holdWeights });
  const { page } = await bare.open(SHORT, await bare.context({ viewport: PHONE }));
  const tops = await page.evaluate(() =>
    ['.ask', '.stage', '.settings', '.story', '.model', '.gpu'].map(
      (panel) => document.querySelector(panel)?.getBoundingClientRect().top ?? Number.NaN,
    ),
  );
  expect(tops).toEqual(tops.toSorted((a, b) => a - b));
});

/** The page is as wide as the screen, and a picture of all of it is kept for whoever wants to look. */
async function expectWhole(page: Page, width: number, when: string): Promise<void> {
  const path = join(tmpdir(), `stillframe-${width}-${when}.png`);
  await page.screenshot({ path, fullPage: true });
  expect(PNG.sync.read(await readFile(path)).width).toBe(width);
  const tooWide = await page.evaluate(() => {
    const edge = document.documentElement.clientWidth;
    const boxes = [...document.querySelectorAll('section, form, .box, h1, h2, p, button, input, canvas')];
    // What is wider scrolls inside its own box.
    return boxes.filter((box) => box.getBoundingClientRect().right > edge + 1 && !box.closest('.scroll')).map(String);
  });
  expect(tooWide).toEqual([]);
}

function recordedShifts(page: Page): Promise<Shift[]> {
  return page.evaluate(() => (globalThis as unknown as { shifts: Shift[] }).shifts);
}

function recordShifts(): void {
  const shifts: Shift[] = [];
  Object.assign(globalThis, { shifts });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as LayoutShift[]) {
      if (entry.hadRecentInput) continue;
      const moved = entry.sources.map(({ node }) =>
        node instanceof Element ? `${node.tagName}.${node.className}` : '?',
      );
      shifts.push({ value: entry.value, moved });
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** As Chromium reports it: TypeScript does not know it yet. */
interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node: Node | null }[];
}
