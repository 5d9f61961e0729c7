import type { Browser, Page } from 'playwright-core';
import { chromiumArguments } from '../scripts/chromium.ts';
import { findOrInstallBrowser } from '../scripts/setup/browser.mjs';
import { CommandError, PageError } from './errors.ts';
import type { CallOutcome } from './harness/expose.ts';
import { interruption } from './interrupt.ts';
import { type PageServer, startPageServer } from './server.ts';

/** The functions that a page offers by `expose`, called with arguments that can be cloned. */
type Api = object;

type Method<T> = T extends (...args: infer A) => Promise<infer R> ? { args: A; result: R } : never;

/** How a browser is started. */
export interface SessionOptions {
  /** Switches besides those that choose the adapter. */
  readonly switches?: readonly string[];
  /** Called with what the page passes to `emit`. */
  readonly onEvent?: (event: unknown) => void;
}

/** A headless browser with one of this repository's pages, until it is disposed: `await using`. */
export class BrowserSession<T extends Api> implements AsyncDisposable {
  /** Rejects when the page or the browser dies; never resolves. */
  readonly #died: Promise<never>;
  #isClosing = false;

  private constructor(
    readonly server: PageServer,
    private readonly browser: Browser,
    private readonly page: Page,
  ) {
    this.#died = new Promise((_, reject) => {
      const signal = interruption();
      signal.addEventListener('abort', () => reject(signal.reason));
      if (signal.aborted) reject(signal.reason);
      page.on('crash', () => reject(new CommandError('The page crashed: the browser may be out of memory.')));
      browser.on('disconnected', () => {
        if (!this.#isClosing) reject(new CommandError('The browser ended unexpectedly.'));
      });
    });
    this.#died.catch(() => {});
  }

  /**
   * Starts a server and a browser, and opens a page.
   *
   * @param module The page's script, from the repository's root: it calls `expose`.
   * @throws {CommandError} when the browser does not start or the page does not load; {Interrupted} by a signal, as `call`.
   */
  static async open<T extends Api>(module: string, options: SessionOptions = {}): Promise<BrowserSession<T>> {
    const { onEvent, switches = [] } = options;
    const signal = interruption();
    let server: PageServer | undefined;
    let browser: Browser | undefined;
    try {
      signal.throwIfAborted();
      server = await startPageServer();
      signal.throwIfAborted();
      browser = await launch(switches);
      signal.throwIfAborted();
      const { withFolders } = server;
      const page = await browser.newPage();
      page.on('console', (message) => {
        // A file that is not there is no error by itself: the library looks which of several a folder has.
        const isError = message.type() === 'error' && !message.text().startsWith('Failed to load resource');
        if (isError) console.error(`page: ${withFolders(message.text())}`);
      });
      page.on('pageerror', (error) => console.error(`page: ${error.stack ?? error.message}`));
      await page.exposeBinding('emit', (_, event: unknown) => onEvent?.(event));
      const session = new BrowserSession<T>(server, browser, page);
      await page.goto(server.page(module));
      await session.#orDied(page.waitForFunction(() => 'harness' in window));
      return session;
    } catch (error) {
      await browser?.close();
      await server?.[Symbol.asyncDispose]();
      throw signal.aborted ? signal.reason : error;
    }
  }

  /** E.g. `Chromium 140.0.7339.80`. */
  get browserVersion(): string {
    return `Chromium ${this.browser.version()}`;
  }

  /**
   * Calls a function of the page's.
   *
   * @throws {PageError} what it throws when that is a named error of the library.
   * @throws {CommandError} when the page or the browser dies meanwhile.
   */
  async call<K extends keyof T & string>(name: K, ...args: Method<T[K]>['args']): Promise<Method<T[K]>['result']> {
    const request: [string, unknown[]] = [name, args];
    const outcome = await this.#orDied(
      this.page.evaluate(
        ([name, args]) =>
          (window as unknown as { harness(name: string, args: unknown[]): Promise<CallOutcome> }).harness(name, args),
        request,
      ),
    );
    if ('value' in outcome) return outcome.value as Method<T[K]>['result'];
    const { className, message, stack, isNamed } = outcome.error;
    if (isNamed) throw new PageError(className, this.server.withFolders(message));
    const error = new Error(message);
    error.stack = stack;
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    await this.browser.close();
    await this.server[Symbol.asyncDispose]();
  }

  /** A dead page may leave a call pending for ever, or reject it with words of Playwright's. */
  async #orDied<R>(work: Promise<R>): Promise<R> {
    try {
      return await Promise.race([work, this.#died]);
    } catch (error) {
      // Both reject at once when the browser dies; its death explains more.
      await Promise.race([this.#died, new Promise((resolve) => setTimeout(resolve, 50))]);
      throw error;
    }
  }
}

async function launch(switches: readonly string[]): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const executablePath = process.env.CHROME_PATH ?? findOrInstallBrowser();
  try {
    return await chromium.launch({
      // The channel chooses the new headless mode: the old one has no WebGPU.
      channel: 'chromium',
      executablePath,
      headless: true,
      args: [...chromiumArguments(), ...switches],
      // The session closes the browser itself, and the server with it.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `${executablePath} did not start: ${reason}\nSet CHROME_PATH to another Chrome or Chromium.`,
    );
  }
}
