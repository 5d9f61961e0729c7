/**
 * Takes the pictures of `docs/images` from the real page, in and after a real run:
 *
 *     npm run build && node scripts/with-setup.mjs --browser scripts/screenshot.ts
 *
 * @module
 */
import { join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { preview } from 'vite';
import { chromiumArguments } from './chromium.ts';
import { findBrowser } from './setup/browser.mjs';
import { ROOT } from './setup/system.mjs';

const IMAGES = join(ROOT, 'docs/images');
const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 360, height: 740 };
/** A run takes a minute or two on a CPU. */
const TIMEOUT = 600_000;

const server = await preview({ logLevel: 'error', preview: { open: false } });
const address = server.resolvedUrls?.local[0] as string;
const browser = await chromium.launch({
  channel: 'chromium',
  executablePath: process.env.CHROME_PATH ?? findBrowser(),
  args: chromiumArguments(),
});
try {
  await takeWide(browser);
  await takePhone(browser);
} finally {
  await browser.close();
  await server.close();
}

async function takeWide(browser: Browser): Promise<void> {
  const page = await open(browser, WIDE, 'light', '');
  await page.locator('#run').click();
  await status(page, /^Steps: [46]0 %/);
  await page.getByText(/^after step/).waitFor({ timeout: TIMEOUT });
  await take(page, 'generating');
  await status(page, 'Done.');
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await status(page, 'Compared.');
  await page.locator('#frame').fill('8');
  await take(page, 'comparison');
  await take(page.locator('section', { has: page.getByRole('heading', { name: 'See the cache' }) }), 'cache');
}

async function takePhone(browser: Browser): Promise<void> {
  const page = await open(browser, PHONE, 'dark', 'prompt=a+yellow+star+spinning+on+a+black+background');
  await page.locator('#run').click();
  await status(page, 'Done.');
  await page.locator('#frame').fill('8');
  await page.locator('.stage').scrollIntoViewIfNeeded();
  await page.evaluate(() => document.querySelector('.stage')?.scrollIntoView());
  await take(page, 'phone');
}

/** Without motion the clip waits at the frame that is asked for. */
async function open(
  browser: Browser,
  viewport: typeof WIDE,
  colorScheme: 'light' | 'dark',
  query: string,
): Promise<Page> {
  const page = await browser.newPage({ viewport, reducedMotion: 'reduce', colorScheme });
  await page.goto(`${address}?${query}`);
  return page;
}

function status(page: Page, text: string | RegExp): Promise<void> {
  return page.locator('#status').filter({ hasText: text }).waitFor({ timeout: TIMEOUT, state: 'attached' });
}

async function take(what: Page | Locator, name: string): Promise<void> {
  const path = join(IMAGES, `${name}.png`);
  await what.screenshot({ path });
  console.log(path);
}
