import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configurePolicy } from '../../src/cache/index.ts';
import { Scheduler } from '../../src/cache/scheduler.ts';
import type { Report } from '../../src/index.ts';
import type { WatchedPage } from '../support/browser.ts';
import { DemoSite, download, waitForStatus, watchFor } from '../support/demo.ts';

let site: DemoSite;

beforeAll(async () => {
  site = await DemoSite.start();
});

afterAll(() => site?.[Symbol.asyncDispose]());

/** Some steps are reused with these. */
const CACHED = 'steps=8&frames=5&seed=3&policy=bwcache&set.threshold=0.14&set.tail=1&set.interval=1';

async function generate(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await waitForStatus(page, 'Done.');
}

async function reportOf(page: Page): Promise<Report> {
  return JSON.parse((await download(page, 'Save report')).bytes.toString());
}

/** The pixels of each frame of the stage's clip. */
async function frames(page: Page): Promise<string[]> {
  const slider = page.locator('#frame');
  const last = Number(await slider.getAttribute('max'));
  const all: string[] = [];
  for (let frame = 0; frame <= last; frame++) {
    await slider.fill(String(frame));
    await page.evaluate(() => new Promise(requestAnimationFrame));
    all.push(await page.locator('.stage canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL()));
  }
  return all;
}

// Each goes on where the one before left off.
describe('one visit', () => {
  let compared: WatchedPage;
  beforeAll(async () => {
    compared = await site.open(CACHED, await site.browser.newContext({ reducedMotion: 'reduce' }));
  });

  test('a run is compared with everything computed, and with fewer steps in the same time', async () => {
    const { page, complaints } = compared;
    const previewed = await watchFor(page, /Preview of the first frame, after step \d of 8/, undefined, '.stage');
    await generate(page);
    await previewed.seen;
    const report = await reportOf(page);
    expect(report.blocks.reused).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Check against the full clip' }).click();
    await waitForStatus(page, 'Compared.');
    expect(await page.locator('.stage canvas').count()).toBe(2);
    const headline = page.locator('.result');
    expect(await headline.innerText()).toMatch(/Speedup[\s\S]*×[\s\S]*PSNR[\s\S]*dB[\s\S]*SSIM/i);
    const share = report.blocks.computed / (report.blocks.computed + report.blocks.reused);
    expect(await headline.innerText()).toContain(`${(100 * share).toFixed(1)} %`);
    for (const view of ['Wipe', 'Difference', 'Side by side']) {
      await page.getByRole('radio', { name: view }).check({ force: true });
      expect(await page.locator('.stage canvas').count()).toBe(view === 'Side by side' ? 2 : 1);
    }
    await page.getByRole('button', { name: 'Could fewer steps do the same?' }).click();
    await waitForStatus(page, /^Done: \d+ steps\.$/);
    const rows = page.locator('.runs-table tbody tr');
    expect(await rows.count()).toBe(3);
    const { bytes } = await download(page, 'Save as JSON');
    const runs = JSON.parse(bytes.toString()) as { role: string; report: Report }[];
    expect(runs.map(({ role }) => role).sort()).toEqual(['baseline', 'control', 'run']);
    const control = runs.find(({ role }) => role === 'control')?.report;
    expect(control?.steps).toBe(Math.round(share * 8));
    const csv = (await download(page, 'Save as CSV')).bytes.toString().trim().split(/\r?\n/);
    expect(csv.length).toBe(4);
    expect(complaints).toEqual([]);
  });

  test('dragging the threshold predicts what the policy does with the same scores, and what a run then does', async () => {
    const { page, complaints } = compared;
    const { policy } = await reportOf(page);
    const { bytes } = await download(page, 'Save as JSON');
    const runs = JSON.parse(bytes.toString()) as { role: string; report: Report }[];
    const recorded = runs.find(({ role }) => role === 'baseline')?.report as Report;
    const slider = page.locator('.threshold-slider input');
    const seen = new Set<string>();
    for (const pixels of [-30, 25, 40]) {
      await drag(page, pixels);
      const threshold = Number(await slider.inputValue());
      const expected = replay(recorded, { ...policy.options, threshold });
      expect(await predicted(page), `threshold ${threshold}`).toEqual(expected);
      seen.add(expected.cond ?? '');
    }
    expect(seen.size).toBeGreaterThan(1);
    // The keyboard's way.
    await slider.focus();
    await page.keyboard.press('End');
    const threshold = Number(await slider.inputValue());
    const expected = replay(recorded, { ...policy.options, threshold });
    expect(await predicted(page)).toEqual(expected);
    await page.getByRole('button', { name: /^Run with threshold/ }).click();
    await waitForStatus(page, 'Done.');
    const { schedule } = await reportOf(page);
    expect(schedule).toEqual(expected);
    expect(complaints).toEqual([]);
  });

  test('a link reproduces the run: same schedule, same frames', async () => {
    const first = compared;
    await first.page.getByLabel('Seed', { exact: true }).fill('11');
    await generate(first.page);
    const [report, pictures] = [await reportOf(first.page), await frames(first.page)];
    const query = new URL(first.page.url()).search.slice(1);
    expect(query).toContain('seed=11');
    const second = await site.open(query, await site.context({ reducedMotion: 'reduce' }));
    await generate(second.page);
    const again = await reportOf(second.page);
    expect(again.schedule).toEqual(report.schedule);
    expect(again.policy).toEqual(report.policy);
    expect(await frames(second.page)).toEqual(pictures);
    expect(new Set(pictures).size).toBe(5);
    expect([...first.complaints, ...second.complaints]).toEqual([]);
  });
});

async function drag(page: Page, pixels: number): Promise<void> {
  const line = page.locator('.threshold-line');
  await line.scrollIntoViewIfNeeded();
  const box = await line.boundingBox();
  if (!box) throw new Error('the threshold line is not to be seen');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y + pixels, { steps: 4 });
  await page.mouse.up();
}

function predicted(page: Page): Promise<Report['schedule']> {
  return page.locator('.strips').evaluate((strips: HTMLElement) => {
    const { predictedCond: cond, predictedUncond: uncond } = strips.dataset;
    return { cond, uncond };
  });
}

/** What the policy does when it is told these scores, step by step. */
function replay({ shape, scores }: Report, options: Report['policy']['options']): Report['schedule'] {
  const { policy, limits } = configurePolicy('bwcache', options);
  const scheduler = new Scheduler(policy, shape, {}, limits);
  for (let step = 0; step < shape.steps; step++) {
    for (const key of shape.keys) {
      const [observes] = scheduler.plan(step, key).observes;
      const found = scores.find((score) => score.step === step && score.branch === key);
      if (observes !== undefined) scheduler.observe(step, key, observes, found);
    }
  }
  return scheduler.record.schedule;
}
