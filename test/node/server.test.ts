import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startServer } from '../support/server.ts';

const folder = fileURLToPath(new URL('../fixtures/wan-vae', import.meta.url));
const range = (value: string) => ({ headers: { Range: `bytes=${value}` } });

describe('the test server', () => {
  test('serves whole files, ranges and errors', async () => {
    await using server = await startServer(folder);
    const whole = new Uint8Array(await (await fetch(`${server.url}config.json`)).arrayBuffer());
    const part = await fetch(`${server.url}config.json`, range('3-9'));
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 3-9/${whole.length}`);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(whole.slice(3, 10));
    const tail = await fetch(`${server.url}config.json`, range('-5'));
    expect(new Uint8Array(await tail.arrayBuffer())).toEqual(whole.slice(-5));
    expect((await fetch(`${server.url}config.json`, range(`${whole.length}-`))).status).toBe(416);
    expect((await fetch(`${server.url}none.json`)).status).toBe(404);
    expect((await fetch(`${server.url}..%2fumt5%2fconfig.json`)).status).toBe(404);
    expect(server.requests[1]).toEqual({ method: 'GET', path: '/config.json', range: 'bytes=3-9' });
  });

  test('ignores ranges, sends headers and pages as told', async () => {
    await using server = await startServer(folder, {
      ranges: false,
      headers: { 'Content-Security-Policy': "default-src 'self'" },
      pages: { '/page.html': '<p>hello' },
    });
    const response = await fetch(`${server.url}config.json`, range('0-3'));
    expect(response.status).toBe(200);
    const page = await fetch(`${server.url}page.html`);
    expect(page.headers.get('content-security-policy')).toBe("default-src 'self'");
    expect(await page.text()).toBe('<p>hello');
  });

  test('drops connections as often as told', async () => {
    await using server = await startServer(folder, { drop: { afterBytes: 100, times: 1 } });
    const dropped = await fetch(`${server.url}config.json`);
    await expect(dropped.arrayBuffer()).rejects.toThrow();
    expect((await (await fetch(`${server.url}config.json`)).arrayBuffer()).byteLength).toBeGreaterThan(100);
  });
});
