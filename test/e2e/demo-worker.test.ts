import { afterAll, beforeAll, expect, test } from 'vitest';
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

test('a worker that fails in a run ends it, and the next run starts another', async () => {
  const context = await site.context();
  await beforeWorker(
    context,
    "new BroadcastChannel('fail').onmessage = () => { throw new Error('crash on purpose'); }",
  );
  const { page } = await site.open(SHORT, context);
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await waitForStatus(page, /^Steps/);
  await page.evaluate(() => new BroadcastChannel('fail').postMessage('now'));
  await page.getByRole('alert').filter({ hasText: 'crash on purpose' }).waitFor();
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await waitForStatus(page, 'Done.');
  expect(await page.getByRole('alert').count()).toBe(0);
});
