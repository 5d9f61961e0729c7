/**
 * Takes the README's picture from the real page, after a real run:
 *
 *     npm run build && node scripts/with-setup.mjs --browser scripts/screenshot.ts
 *
 * @module
 */
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { chromiumArguments } from './chromium.ts';
import { findBrowser } from './setup/browser.mjs';
import { ROOT } from './setup/system.mjs';

const OUT = join(ROOT, 'docs/images/first-page.png');

const server = await preview({ logLevel: 'error', preview: { open: false } });
const browser = await chromium.launch({
  channel: 'chromium',
  executablePath: process.env.CHROME_PATH ?? findBrowser(),
  args: chromiumArguments(),
});
try {
  const viewport = { width: 1080, height: 1000 };
  // Without motion the clip waits at the frame that is asked for.
  const page = await browser.newPage({ viewport, reducedMotion: 'reduce', colorScheme: 'light' });
  await page.goto(server.resolvedUrls?.local[0] as string);
  await page.locator('#run').click();
  await page.locator('#status').filter({ hasText: 'Done.' }).waitFor({ timeout: 600_000 });
  await page.locator('#frame').fill('8');
  await page.screenshot({ path: OUT, fullPage: true });
  console.log(OUT);
} finally {
  await browser.close();
  await server.close();
}
