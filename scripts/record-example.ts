/**
 * Records the example that the page shows before there is a run: makes the page's first clip in the real page, checks it
 * against the full clip, and takes both from the page's own gallery.
 *
 *     npm run build && node scripts/with-setup.mjs --browser scripts/record-example.ts
 *
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { preview } from 'vite';
import { type RecordedRun, toJson } from '../demo/recorded/format.ts';
import type { StoredRun } from '../demo/recorded/store.ts';
import { chromiumArguments } from './chromium.ts';
import { findBrowser } from './setup/browser.mjs';
import { ROOT } from './setup/system.mjs';

const FOLDER = join(ROOT, 'demo/public/example');
/** Bytes of all files together, at most. */
const BUDGET = 120_000;
/** A run takes a minute or two on a CPU. */
const TIMEOUT = 600_000;

/** What the gallery has of a run, the picture as base64. */
interface Kept {
  readonly run: RecordedRun;
  readonly picture: string;
}

const server = await preview({ logLevel: 'error', preview: { open: false } });
const browser = await chromium.launch({
  channel: 'chromium',
  executablePath: process.env.CHROME_PATH ?? findBrowser(),
  args: chromiumArguments(),
});
try {
  const page = await browser.newPage({ reducedMotion: 'reduce' });
  await page.goto(server.resolvedUrls?.local[0] as string);
  await page.locator('#run').click();
  await status(page, 'Done.');
  await page.getByRole('button', { name: 'Check against the full clip' }).click();
  await status(page, 'Compared.');
  await write(await kept(page, 'run'), await kept(page, 'baseline'));
} finally {
  await browser.close();
  await server.close();
}

function status(page: Page, text: string): Promise<void> {
  return page.locator('#status').filter({ hasText: text }).waitFor({ timeout: TIMEOUT, state: 'attached' });
}

/** Waits until the gallery holds the run of that role, with its comparison. */
async function kept(page: Page, role: string): Promise<Kept> {
  for (;;) {
    const found = await page.evaluate(readGallery, role);
    if (found && (role === 'baseline' || found.run.measured)) return found;
    await page.waitForTimeout(200);
  }
}

async function readGallery(role: string): Promise<Kept | undefined> {
  // Without functions of a name: what runs TypeScript here would call a helper that the page does not have.
  const all = await new Promise<readonly StoredRun[]>((resolve, reject) => {
    const opening = indexedDB.open('stillframe-gallery');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const reading = opening.result.transaction('runs').objectStore('runs').getAll();
      reading.onerror = () => reject(reading.error);
      reading.onsuccess = () => resolve(reading.result);
    };
  });
  const stored = all.find(({ run }) => run.role === role);
  if (!stored) return undefined;
  const bytes = new Uint8Array(await stored.picture.arrayBuffer());
  return { run: stored.run, picture: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) };
}

async function write(run: Kept, baseline: Kept): Promise<void> {
  const files: readonly [name: string, content: string | Buffer][] = [
    ['example.json', `${toJson({ run: run.run, baseline: baseline.run })}\n`],
    ['run.webp', Buffer.from(run.picture, 'base64')],
    ['baseline.webp', Buffer.from(baseline.picture, 'base64')],
  ];
  await mkdir(FOLDER, { recursive: true });
  let total = 0;
  for (const [name, content] of files) {
    await writeFile(join(FOLDER, name), content);
    total += content.length;
    console.log(name, content.length);
  }
  if (total > BUDGET) throw new Error(`The example has ${total} bytes, over its ${BUDGET}.`);
}
