import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DemoSite, SHORT, waitForStatus } from '../support/demo.ts';

let site: DemoSite;

beforeAll(async () => {
  site = await DemoSite.start();
});

afterAll(() => site?.[Symbol.asyncDispose]());

/** Presses Escape as soon as the page says that a phase goes on: some are over in milliseconds. */
function stopIn(page: Page, phase: string): Promise<void> {
  return page.evaluate((phase) => {
    const status = document.querySelector('#status');
    if (!status) throw new Error('the page has no status');
    return new Promise<void>((resolve) => {
      const observer = new MutationObserver(() => {
        if (!status.textContent?.startsWith(phase)) return;
        observer.disconnect();
        document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
        resolve();
      });
      observer.observe(status, { characterData: true, childList: true, subtree: true });
    });
  }, phase);
}

async function stopAndSee(page: Page, phase: string): Promise<void> {
  const stopped = stopIn(page, phase);
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

test.each(['Weights', 'Kernels'])('a run stops while the model loads (%s), and the next one works', async (phase) => {
  await using slow = await DemoSite.start({ latency: 200 });
  const { page, complaints } = await slow.open(SHORT);
  await stopAndSee(page, phase);
  await finish(page);
  expect(complaints).toEqual([]);
});

test('a run stops in each of its phases, and the next one works', async () => {
  const { page, complaints } = await site.open(SHORT);
  await waitForStatus(page, 'Ready.');
  for (const phase of ['Prompt', 'Steps', 'Decoding']) {
    await stopAndSee(page, phase);
    await finish(page);
  }
  // The baseline of a comparison stops as well, and leaves the run as it was.
  const stopped = stopIn(page, 'Steps');
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await stopped;
  await waitForStatus(page, 'Stopped.');
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await waitForStatus(page, 'Compared.');
  expect(complaints).toEqual([]);
});

test('the button stops, too', async () => {
  const { page, complaints } = await site.open('frames=5');
  await page.locator('#run').click();
  await waitForStatus(page, /^Steps/);
  await page.locator('#run').click();
  await waitForStatus(page, 'Stopped.');
  expect(complaints).toEqual([]);
});
