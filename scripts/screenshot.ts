/**
 * Takes the pictures of `docs/images`, and the page's own for whoever is sent its link, from the real page, before, in and after a
 * real run:
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
/** What is shown where the page's address is sent: its size is what the networks ask for. */
const CARD = { path: join(ROOT, 'demo/public/og.jpg'), viewport: { width: 1200, height: 630 } };
const WIDE = { width: 1280, height: 860 };
const PHONE = { width: 360, height: 740 };
const FIRST_VIEWS = [PHONE, { width: 390, height: 844 }, { width: 1440, height: 900 }, { width: 1920, height: 1080 }];
/** A run takes a minute or two on a CPU. */
const TIMEOUT = 600_000;

type Viewport = typeof WIDE;
type Scheme = 'light' | 'dark';

const server = await preview({ logLevel: 'error', preview: { open: false } });
const address = server.resolvedUrls?.local[0] as string;
const browser = await chromium.launch({
  channel: 'chromium',
  executablePath: process.env.CHROME_PATH ?? findBrowser(),
  args: chromiumArguments(),
});
try {
  await takeFirstViews(browser);
  await takeWide(browser);
  await takePhone(browser);
} finally {
  await browser.close();
  await server.close();
}

/** What a visitor meets, before anything is pressed. */
async function takeFirstViews(browser: Browser): Promise<void> {
  for (const viewport of FIRST_VIEWS) {
    for (const scheme of ['light', 'dark'] as const) {
      const page = await open(browser, viewport, scheme);
      await take(page, `first-${viewport.width}-${scheme}.jpg`);
      await page.close();
    }
  }
  const page = await open(browser, CARD.viewport, 'dark');
  await page.screenshot({ path: CARD.path, type: 'jpeg', quality: 80 });
}

async function takeWide(browser: Browser): Promise<void> {
  const page = await open(browser, WIDE, 'light');
  await page.locator('#run').click();
  await status(page, /^Steps: [46]0 %/);
  await page.getByText(/^Preview of the first frame/).waitFor({ timeout: TIMEOUT });
  await take(page, 'generating.png');
  await status(page, 'Done.');
  await page.getByRole('button', { name: 'Check against the full clip' }).click();
  await status(page, 'Compared.');
  await page.locator('#frame').fill('8');
  await page.evaluate(() => scrollTo(0, 0));
  await take(page, 'comparison.png');
  await take(page.locator('section.cache'), 'cache.png');
}

async function takePhone(browser: Browser): Promise<void> {
  const page = await open(browser, PHONE, 'dark', 'prompt=a+cyan+circle+moving+up+on+a+black+background');
  await page.locator('#run').click();
  await status(page, 'Done.');
  await page.locator('#frame').fill('12');
  await page.evaluate(() => document.querySelector('.stage')?.scrollIntoView());
  await take(page, 'phone.png');
}

/** Without motion the clip waits at the frame that is asked for. */
async function open(browser: Browser, viewport: Viewport, colorScheme: Scheme, query = ''): Promise<Page> {
  const page = await browser.newPage({ viewport, reducedMotion: 'reduce', colorScheme });
  await page.goto(`${address}?${query}`);
  await page.getByRole('heading', { name: 'A recorded example' }).waitFor();
  await page
    .locator('#slow')
    .waitFor({ timeout: 20_000 })
    .catch(() => {});
  await page.locator('#frame').fill('8');
  await page.evaluate(() => scrollTo(0, 0));
  return page;
}

function status(page: Page, text: string | RegExp): Promise<void> {
  return page.locator('#status').filter({ hasText: text }).waitFor({ timeout: TIMEOUT, state: 'attached' });
}

async function take(what: Page | Locator, name: string): Promise<void> {
  const path = join(IMAGES, name);
  await what.screenshot(name.endsWith('.jpg') ? { path, type: 'jpeg', quality: 75 } : { path });
  console.log(path);
}
