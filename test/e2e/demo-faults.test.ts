import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WatchedPage } from '../support/browser.ts';
import { beforeWorker, DemoSite, SHORT, waitForStatus } from '../support/demo.ts';
import { STRICT_CSP } from '../support/server.ts';

let site: DemoSite;

beforeAll(async () => {
  site = await DemoSite.start();
});

afterAll(() => site?.[Symbol.asyncDispose]());

test('a worker that the page may not start is said, and Generate tries again', async () => {
  await using strict = await DemoSite.start({
    headers: { 'Content-Security-Policy': `${STRICT_CSP}; worker-src 'none'` },
  });
  const { page } = await strict.open(SHORT);
  const alert = page.getByRole('alert').filter({ hasText: 'did not start' });
  await alert.waitFor();
  expect(await alert.innerText()).toMatch(/reload the page/);
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await waitForStatus(page, 'It did not work.');
  await alert.waitFor();
});

/** Destroys the worker's newest device, or fails, when the page says so. */
const FAULTY = `
  const requestDevice = GPUAdapter.prototype.requestDevice;
  let device;
  GPUAdapter.prototype.requestDevice = async function (...options) {
    device = await requestDevice.apply(this, options);
    return device;
  };
  new BroadcastChannel('lose').onmessage = () => device.destroy();
  new BroadcastChannel('fail').onmessage = () => { throw new Error('crash on purpose'); }`;

// One visit: the run that each leaves, on a new device or in a new worker, is where the next begins.
describe('what fails in a run is said, and the next run works', () => {
  let visit: WatchedPage;

  beforeAll(async () => {
    const context = await site.browser.newContext();
    await beforeWorker(context, FAULTY);
    visit = await site.open(SHORT, context);
  });

  /** Fails a run of so many steps that it cannot be over before, and makes one of three. */
  async function failOnce(fail: () => Promise<unknown>, says: string): Promise<void> {
    const { page } = visit;
    const [steps, run] = [page.getByLabel('Steps', { exact: true }), page.locator('#run')];
    await steps.fill('200');
    await run.click();
    await waitForStatus(page, /^Steps/);
    await fail();
    await page.getByRole('alert').filter({ hasText: says }).waitFor();
    expect(await page.locator('#status').innerText()).toBe('It did not work.');
    await steps.fill('3');
    await run.click();
    await waitForStatus(page, 'Done.');
    expect(await page.getByRole('alert').count()).toBe(0);
  }

  const post = (channel: string) =>
    visit.page.evaluate((name) => new BroadcastChannel(name).postMessage('now'), channel);

  test('a device that is lost', async () => {
    await failOnce(() => post('lose'), 'new device');
    expect(visit.complaints).toEqual([]);
  });

  test('the worker', async () => {
    await failOnce(() => post('fail'), 'crash on purpose');
  });

  test('the GPU’s process', async () => {
    const session = await site.browser.newBrowserCDPSession();
    // It answers when the process is gone, or never.
    const crash = async () => void session.send('Browser.crashGpuProcess').catch(() => {});
    await failOnce(crash, 'new device');
  });
});
