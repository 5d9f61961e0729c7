import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { ROOT } from '../../scripts/setup/system.mjs';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { STRICT_CSP, startServer, type TestServer, type TestServerOptions } from './server.ts';

/** A run that takes seconds on a CPU. */
export const SHORT = 'steps=3&frames=5&seed=3&policy=bwcache&preset=balanced';

/** As `hold`: weights never come, and no kernel is compiled beside a test that needs no model. */
export function holdWeights(path: string): Promise<void> | undefined {
  return path.endsWith('.safetensors') ? new Promise(() => {}) : undefined;
}

/** The built page in a folder of a folder, as it may lie on any static host, and a browser to open it with. */
export class DemoSite implements AsyncDisposable {
  private constructor(
    readonly browser: Browser,
    readonly server: TestServer,
    private readonly folder: string,
  ) {}

  /** Serves `dist-demo/` under a strict Content-Security-Policy. */
  static async start(options: TestServerOptions = {}): Promise<DemoSite> {
    const folder = await mkdtemp(join(tmpdir(), 'stillframe-demo-'));
    await symlink(join(ROOT, 'dist-demo'), join(folder, 'demo'), 'dir');
    const headers = { 'Content-Security-Policy': STRICT_CSP, ...options.headers };
    const server = await startServer(folder, { ...options, headers });
    return new DemoSite(await launchBrowser(), server, folder);
  }

  /** A fresh profile, closed when the test is over. */
  async context(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.browser.newContext(options);
    onTestFinished(() => context.close());
    return context;
  }

  /** Opens the page in a fresh profile. @param query Settings, as in its address. */
  async open(query = '', context?: BrowserContext): Promise<WatchedPage> {
    return openPage(context ?? (await this.context()), `${this.server.url}demo/${query && '?'}${query}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.server[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Waits until the page says so. */
export function waitForStatus(page: Page, text: string | RegExp): Promise<void> {
  return page.locator('#status').filter({ hasText: text }).waitFor({ state: 'attached' });
}

/** What a test does in the page itself: presses a key, or clicks what the selector finds. */
export type Deed = { readonly key: string } | { readonly click: string };

/** A moment in the page that is watched for. */
export interface Moment {
  /** Resolves once it has come, with the text of the run's button as it was then, before the deed. */
  readonly seen: Promise<string>;
}

/**
 * Watches for a text that may be gone before a word from here could reach the page, and does something at that very
 * moment. What is there already when the watch begins does not count.
 *
 * @param where A selector of the element that will have the text.
 */
export async function watchFor(page: Page, text: RegExp, deed?: Deed, where = '#status'): Promise<Moment> {
  const handle = await page.evaluateHandle(watchInPage, { text: text.source, deed, where });
  const seen = handle.evaluate((moment) => moment.seen);
  // A test that failed before it came to wait says so by itself.
  seen.catch(() => {});
  return { seen };
}

function watchInPage({ text, deed, where }: { text: string; deed?: Deed | undefined; where: string }): Moment {
  const pattern = new RegExp(text);
  const seen = new Promise<string>((resolve) => {
    const observer = new MutationObserver(() => {
      if (!pattern.test(document.querySelector(where)?.textContent ?? '')) return;
      observer.disconnect();
      const button = document.querySelector<HTMLElement>('#run')?.innerText ?? '';
      if (deed && 'key' in deed) document.dispatchEvent(new KeyboardEvent('keydown', { ...deed, bubbles: true }));
      if (deed && 'click' in deed) document.querySelector<HTMLElement>(deed.click)?.click();
      resolve(button);
    });
    observer.observe(document.body, { characterData: true, childList: true, subtree: true });
  });
  return { seen };
}

/** Presses a button that saves a file. */
export async function download(page: Page, button: string | RegExp): Promise<{ name: string; bytes: Buffer }> {
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).first().click();
  const saved = await saving;
  return { name: saved.suggestedFilename(), bytes: await readFile(await saved.path()) };
}

/** Code that runs before the page's worker does: what a test breaks there, it breaks for real. */
export async function beforeWorker(context: BrowserContext, code: string): Promise<void> {
  await context.route(/worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code};${await response.text()}` });
  });
}
