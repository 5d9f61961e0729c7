import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../scripts/setup/system.mjs';
import type { WatchedPage } from '../support/browser.ts';
import { DemoSite, SHORT, waitForStatus } from '../support/demo.ts';

let site: DemoSite;
/** One page for all: the first test leaves a comparison on it. */
let compared: WatchedPage;

beforeAll(async () => {
  site = await DemoSite.start();
  compared = await site.open(SHORT, await site.browser.newContext());
});

afterAll(() => site?.[Symbol.asyncDispose]());

/** What axe finds: the rule, and where. */
async function violations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).analyze();
  expect(found.passes.length, 'rules that found something to check').toBeGreaterThan(20);
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}: ${failureSummary}`),
  );
}

function openAllDetails(page: Page): Promise<void> {
  return page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
}

test('axe finds no violation in light and dark, before and after a comparison', async () => {
  const { page, complaints } = compared;
  await waitForStatus(page, 'Ready.');
  await expectAccessible(page);
  await page.getByLabel('Choose a folder').setInputFiles(join(ROOT, 'test/fixtures/wan-pipeline-euler'));
  await page.getByRole('article', { name: 'wan-pipeline-euler' }).waitFor();
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await waitForStatus(page, 'Done.');
  await page.getByRole('button', { name: 'Check against the full clip' }).click();
  await waitForStatus(page, 'Compared.');
  await openAllDetails(page);
  await expectAccessible(page);
  expect(complaints).toEqual([]);
});

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page), colorScheme).toEqual([]);
  }
}

test('the Tab key reaches everything, in the order of the page, and leaves it', async () => {
  const { page, complaints } = compared;
  await openAllDetails(page);
  const expected = await markTabStops(page);
  expect(expected.length).toBeGreaterThan(20);
  await page.locator('[data-tab-stop]').first().focus();
  const reached = [await focused(page)];
  while (reached.length < expected.length) {
    await page.keyboard.press('Tab');
    reached.push(await focused(page));
  }
  expect(reached).toEqual(expected);
  await page.keyboard.press('Tab');
  expect(expected).not.toContain(await focused(page));
  expect(complaints).toEqual([]);
});

/** Names everything that can be tabbed to, in the order of the page; of a group of radio buttons the chosen one. */
function markTabStops(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const stops = [
      ...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [tabindex]'),
    ]
      .filter((element) => !element.matches(':disabled, [tabindex="-1"], [type="radio"]:not(:checked)'))
      .filter((element) => element.checkVisibility({ visibilityProperty: true }));
    return stops.map((element, i) => {
      const name = element.getAttribute('aria-label') ?? element.textContent ?? '';
      element.dataset.tabStop = `${i}: ${element.tagName.toLowerCase()} ${name.trim().slice(0, 40)}`;
      return element.dataset.tabStop;
    });
  });
}

function focused(page: Page): Promise<string> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.tabStop ?? 'nothing');
}
