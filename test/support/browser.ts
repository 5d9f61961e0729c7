import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromiumArguments } from '../../scripts/chromium.ts';
import { findBrowser } from '../../scripts/setup/browser.mjs';

/** Starts the Chromium that all tests use, with WebGPU; `await using` closes it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    channel: 'chromium',
    executablePath: process.env.CHROME_PATH ?? findBrowser(),
    args: chromiumArguments(),
  });
}

/** A page in a fresh profile, and what it complained about. */
export interface WatchedPage {
  readonly page: Page;
  /** Warnings and errors of its console, and what it threw. */
  readonly complaints: readonly string[];
}

/** Milliseconds for which an element may be waited for: kernels that compile hold up the drawing of all pages. */
const PATIENCE = 180_000;

/** Opens a page that is watched from its first byte. */
export async function openPage(context: BrowserContext, url: string): Promise<WatchedPage> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, complaints };
}
