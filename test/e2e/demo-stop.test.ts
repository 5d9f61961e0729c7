import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Deed, DemoSite, SHORT, waitForStatus, watchFor } from '../support/demo.ts';

const ESCAPE: Deed = { key: 'Escape' };

let site: DemoSite;

beforeAll(async () => {
  site = await DemoSite.start();
});

afterAll(() => site?.[Symbol.asyncDispose]());

/** Starts a run, and stops it as soon as the page says that a phase goes on: some are over in milliseconds. */
async function stopAndSee(page: Page, phase: RegExp, by: Deed = ESCAPE, start = () => page.locator('#run').click()) {
  const { seen } = await watchFor(page, phase, by);
  await start();
  expect(await seen).toMatch('Stop');
  await waitForStatus(page, 'Stopped.');
  expect(await page.locator('#run').innerText()).toBe('Generate');
  expect(await page.getByRole('alert').count()).toBe(0);
}

async function finish(page: Page): Promise<void> {
  await page.locator('#run').click();
  await waitForStatus(page, 'Done.');
}

test('a run stops while weights are read and kernels compile, and the next one works', async () => {
  let release = () => {};
  const started = new Promise<void>((resolve) => {
    release = resolve;
  });
  // No weights come before the run has begun, so that it cannot miss them.
  const hold = (path: string) => (path.endsWith('.safetensors') ? started : undefined);
  await using slow = await DemoSite.start({ latency: 200, hold });
  const { page, complaints } = await slow.open(SHORT);
  await stopAndSee(page, /^Weights/, ESCAPE, async () => {
    await page.locator('#run').click();
    release();
  });
  await stopAndSee(page, /^Kernels/);
  await finish(page);
  expect(complaints).toEqual([]);
});

test('a run stops in each of its phases, and the next one works', async () => {
  const { page, complaints } = await site.open(SHORT);
  await waitForStatus(page, 'Ready.');
  for (const [phase, by] of [
    [/^Prompt/, ESCAPE],
    [/^Steps/, { click: '#run' }],
    [/^Decoding/, ESCAPE],
  ] as const) {
    await stopAndSee(page, phase, by);
    await finish(page);
  }
  // What is shown after a stop is the clip before it, and all of it.
  const schedules = () => page.locator('.strip-cells').evaluateAll((all) => all.map((each) => each.ariaLabel));
  const before = await schedules();
  await page.getByLabel('Steps', { exact: true }).fill('5');
  await stopAndSee(page, /^Steps/);
  expect(await schedules()).toEqual(before);
  expect(await page.locator('.stage-caption').innerText()).toMatch('3 steps');
  expect(await page.locator('.run-progress').count()).toBe(0);
  await page.getByLabel('Steps', { exact: true }).fill('3');
  // The baseline of a comparison stops as well, and leaves the run as it was.
  const check = () => page.getByRole('button', { name: 'Check against the full clip' }).click();
  await stopAndSee(page, /^Steps/, ESCAPE, check);
  await check();
  await waitForStatus(page, 'Compared.');
  expect(complaints).toEqual([]);
});
