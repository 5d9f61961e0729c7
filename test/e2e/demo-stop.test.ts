import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DemoSite, SHORT, waitForStatus } from '../support/demo.ts';

let site: DemoSite;

beforeAll(async () => {
  site = await DemoSite.start();
});

afterAll(() => site?.[Symbol.asyncDispose]());

/** Presses Escape, or the button, as soon as the page says that a phase goes on: some are over in milliseconds. */
function stopIn(page: Page, phase: string, by: 'Escape' | 'button' = 'Escape'): Promise<void> {
  return page.evaluate(
    ({ phase, by }) => {
      const status = document.querySelector('#status');
      if (!status) throw new Error('the page has no status');
      return new Promise<void>((resolve) => {
        const observer = new MutationObserver(() => {
          if (!status.textContent?.startsWith(phase)) return;
          observer.disconnect();
          if (by === 'button') document.querySelector<HTMLButtonElement>('#run')?.click();
          else document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
          resolve();
        });
        observer.observe(status, { characterData: true, childList: true, subtree: true });
      });
    },
    { phase, by },
  );
}

async function stopAndSee(page: Page, phase: string, by?: 'Escape' | 'button'): Promise<void> {
  const stopped = stopIn(page, phase, by);
  await page.locator('#run').click();
  expect(await page.locator('#run').innerText()).toMatch('Stop');
  await stopped;
  await waitForStatus(page, 'Stopped.');
  expect(await page.locator('#run').innerText()).toBe('Generate');
  expect(await page.getByRole('alert').count()).toBe(0);
}

async function finish(page: Page): Promise<void> {
  await page.locator('#run').click();
  await waitForStatus(page, 'Done.');
}

test('a run stops while weights are read and kernels compile, and the next one works', async () => {
  await using slow = await DemoSite.start({ latency: 200 });
  const { page, complaints } = await slow.open(SHORT);
  await stopAndSee(page, 'Weights');
  await stopAndSee(page, 'Kernels');
  await finish(page);
  expect(complaints).toEqual([]);
});

test('a run stops in each of its phases, and the next one works', async () => {
  const { page, complaints } = await site.open(SHORT);
  await waitForStatus(page, 'Ready.');
  for (const [phase, by] of [
    ['Prompt', 'Escape'],
    ['Steps', 'button'],
    ['Decoding', 'Escape'],
  ] as const) {
    await stopAndSee(page, phase, by);
    await finish(page);
  }
  // What is shown after a stop is the clip before it, and all of it.
  const schedules = () => page.locator('.strip-cells').evaluateAll((all) => all.map((each) => each.ariaLabel));
  const before = await schedules();
  await page.getByLabel('Steps', { exact: true }).fill('5');
  await stopAndSee(page, 'Steps');
  expect(await schedules()).toEqual(before);
  expect(await page.locator('.stage-caption').innerText()).toMatch('3 steps');
  expect(await page.locator('.run-progress').count()).toBe(0);
  await page.getByLabel('Steps', { exact: true }).fill('3');
  // The baseline of a comparison stops as well, and leaves the run as it was.
  const stopped = stopIn(page, 'Steps');
  await page.getByRole('button', { name: 'Check against the full clip' }).click();
  await stopped;
  await waitForStatus(page, 'Stopped.');
  await page.getByRole('button', { name: 'Check against the full clip' }).click();
  await waitForStatus(page, 'Compared.');
  expect(complaints).toEqual([]);
});
