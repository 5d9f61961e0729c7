import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { IntegrityError, SourceError } from '../../../src/errors.ts';
import { checkedSource } from '../../../src/weights/checked-source.ts';
import { openCheckpoint } from '../../../src/weights/checkpoint.ts';
import { readBytes, sourceFromFiles, sourceFromUrl } from '../../../src/weights/source.ts';
import { cacheStore } from '../../../src/weights/store.ts';
import {
  expectBytes,
  memoryCaches,
  noise,
  type ServerOptions,
  safetensors,
  serve,
  type TestServer,
} from './support.ts';

const PART = 10_000;
const FILE = noise(65_432, 7);
const PARTS = 7;
const LISTED = [{ path: 'w.bin', bytes: FILE.length, sha256: createHash('sha256').update(FILE).digest('hex') }];

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A served folder behind a store in memory; `read` reads its one file whole. */
async function stored(options: ServerOptions = {}) {
  const files: Record<string, Uint8Array> = { 'w.bin': FILE, 'other.bin': FILE };
  server = await serve(files, options);
  const { caches, entries } = memoryCaches();
  const warnings: string[] = [];
  const store = cacheStore({ caches, partBytes: PART, onWarning: (message) => warnings.push(message) });
  const source = checkedSource(sourceFromUrl(server.url), LISTED, store);
  return { source, entries, files, warnings, requests: server.requests, read: () => readBytes(source, 'w.bin') };
}

/** A server that sends `bytes` of the first answer, then drops the connection. */
function dropOnce(bytes: number): ServerOptions {
  let hasDropped = false;
  return {
    handle: (_, response) => {
      if (hasDropped) return false;
      hasDropped = true;
      response.writeHead(200, { 'content-length': FILE.length });
      // The pause lets what was sent arrive: a reset would throw it away.
      response.write(FILE.subarray(0, bytes), () => setTimeout(() => response.destroy(), 50));
      return true;
    },
  };
}

describe('a stored file', () => {
  it('is fetched once, in parts, and then read without the network', async () => {
    const { read, entries, requests } = await stored();
    expectBytes(await read(), FILE);
    expect(requests.length).toBe(1);
    expect([...entries.values()].map((bytes) => bytes.length)).toEqual([...new Array(6).fill(PART), 5432, 8]);
    await server?.close();
    expectBytes(await read(), FILE);
  });

  it('serves ranges once it is verified, and from the network before', async () => {
    const { source, read, requests } = await stored();
    const range = { start: 9_990, end: 30_001 };
    expectBytes(await readBytes(source, 'w.bin', range), FILE.slice(9_990, 30_001));
    expect(requests.map((request) => request.range)).toEqual(['bytes=9990-30000']);
    await read();
    requests.length = 0;
    expectBytes(await readBytes(source, 'w.bin', range), FILE.slice(9_990, 30_001));
    expectBytes(await readBytes(source, 'w.bin', { start: 65_000 }), FILE.slice(65_000));
    expect(requests).toEqual([]);
  });

  it('says where its bytes come from', async () => {
    const { source, read } = await stored(dropOnce(35_000));
    await expect(read()).rejects.toThrow(SourceError);
    const opened = await source.open('w.bin');
    const reader = opened.stream.getReader();
    const origins = new Set<string>();
    while (!(await reader.read()).done) origins.add(opened.origin);
    expect([...origins]).toEqual(['store', 'network']);
  });

  it('is fetched again from a part that the browser dropped', async () => {
    const { source, read, entries, requests } = await stored();
    await read();
    requests.length = 0;
    for (const key of entries.keys()) if (key.endsWith('/2')) entries.delete(key);
    expectBytes(await readBytes(source, 'w.bin', { start: 15_000, end: 35_000 }), FILE.slice(15_000, 35_000));
    expect(requests.map((request) => request.range)).toEqual(['bytes=20000-34999']);
    expectBytes(await read(), FILE);
    expect(entries.size).toBe(PARTS + 1);
  });

  it('is forgotten when it rots in the store, mark and all', async () => {
    const { read, entries } = await stored();
    await read();
    const last = [...entries.values()][PARTS - 1] as Uint8Array;
    last[0] = (last[0] as number) ^ 1;
    await expect(read()).rejects.toThrow(IntegrityError);
    expect(entries.size).toBe(0);
  });

  it('is not kept when it is not in the manifest, or lies on the disk', async () => {
    const { source, entries } = await stored();
    expectBytes(await readBytes(source, 'other.bin'), FILE);
    const { caches, entries: none } = memoryCaches();
    const disk = checkedSource(sourceFromFiles([new File([FILE], 'w.bin')]), LISTED, cacheStore({ caches }));
    expectBytes(await readBytes(disk, 'w.bin'), FILE);
    expect(entries.size + none.size).toBe(0);
  });
});

describe('an interrupted download', () => {
  it.each([false, true])('resumes at the last whole part; server ignores Range: %s', async (ignoreRange) => {
    const { read, requests, entries } = await stored({ ...dropOnce(35_000), ignoreRange });
    await expect(read()).rejects.toThrow(/ended after 35000 of 65432 bytes/);
    expect(entries.size).toBe(3);
    expectBytes(await read(), FILE);
    expect(requests.at(-1)?.range).toBe('bytes=30000-');
    expect(entries.size).toBe(PARTS + 1);
    await server?.close();
    expectBytes(await read(), FILE);
  });

  it('is hashed as a whole: a part that rotted meanwhile is found, and all is deleted', async () => {
    const { read, entries } = await stored(dropOnce(35_000));
    await expect(read()).rejects.toThrow(SourceError);
    const second = [...entries.values()][1] as Uint8Array;
    second[5] = (second[5] as number) ^ 1;
    await expect(read()).rejects.toThrow(IntegrityError);
    expect(entries.size).toBe(0);
    expectBytes(await read(), FILE);
  });

  it('resumes after an abort too', async () => {
    const { source, entries, requests } = await stored();
    const reason = new Error('stop');
    const controller = new AbortController();
    const opened = await source.open('w.bin', undefined, controller.signal);
    const reader = opened.stream.getReader();
    while (entries.size < 2) await reader.read();
    controller.abort(reason);
    await expect(reader.read()).rejects.toBe(reason);
    expectBytes(await readBytes(source, 'w.bin'), FILE);
    expect(requests.at(-1)?.range).toMatch(/^bytes=[2-6]0000-$/);
  });

  it('does not stay stuck when the server’s file became shorter', async () => {
    const { read, files, entries } = await stored(dropOnce(35_000));
    await expect(read()).rejects.toThrow(SourceError);
    files['w.bin'] = FILE.slice(0, 30_000);
    await expect(read()).rejects.toThrow(/has 30000 bytes, but the manifest says 65432/);
    expect(entries.size).toBe(0);
  });
});

describe('a file that is not the manifest’s', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['of another content', noise(65_432, 8), /SHA-256 [0-9a-f]{64}, but the manifest says/],
    ['too short', FILE.slice(0, 64_000), /has 64000 bytes, but the manifest says 65432/],
    ['too long', noise(70_000, 7), /has more than 65432 bytes/],
  ])('%s is refused and not kept', async (_, wrong, message) => {
    const { read, files, entries } = await stored();
    files['w.bin'] = wrong;
    await expect(read()).rejects.toThrow(IntegrityError);
    expect(entries.size).toBe(0);
    await expect(read()).rejects.toThrow(message);
    files['w.bin'] = FILE;
    expectBytes(await read(), FILE);
  });
});

it('an endless answer is not read to its end', async () => {
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(noise(1000)) });
  const source = sourceFromUrl('http://localhost/', { fetch: async () => new Response(endless) });
  await expect(readBytes(checkedSource(source, LISTED), 'w.bin')).rejects.toThrow(/has more than 65432 bytes/);
});

describe('a failing store', () => {
  const fail = async () => {
    throw new DOMException('the quota is used up', 'QuotaExceededError');
  };
  const miss = async () => undefined;
  it.each<[string, Pick<CacheStorage, 'open'> | undefined, RegExp]>([
    ['no Cache API', undefined, /no Cache API/],
    ['a cache that does not open', { open: fail }, /quota is used up/],
    [
      'a cache that is full',
      { open: async () => ({ match: miss, put: fail }) as unknown as Cache },
      /writing to .* quota/,
    ],
    [
      'a cache that does not read',
      { open: async () => ({ match: fail }) as unknown as Cache },
      /reading from .* quota/,
    ],
  ])('(%s) is one warning, and the load goes on', async (_, caches, message) => {
    server = await serve({ 'w.bin': FILE });
    const warnings: string[] = [];
    const store = cacheStore({ caches, partBytes: PART, onWarning: (warning) => warnings.push(warning) });
    const source = checkedSource(sourceFromUrl(server.url), LISTED, store);
    expectBytes(await readBytes(source, 'w.bin'), FILE);
    expectBytes(await readBytes(source, 'w.bin'), FILE);
    expect(warnings).toEqual([expect.stringMatching(message)]);
  });
});

it('openCheckpoint reads a stored model without the network', async () => {
  const tensors = [{ name: 't', dtype: 'U8', shape: [300, 100], bytes: noise(30_000) }];
  const file = safetensors(tensors);
  const files = [
    { path: 'model.safetensors', bytes: file.length, sha256: createHash('sha256').update(file).digest('hex') },
  ];
  server = await serve({ 'model.safetensors': file });
  const store = cacheStore({ caches: memoryCaches().caches, partBytes: PART });
  const load = async () => {
    const checkpoint = await openCheckpoint(sourceFromUrl(server?.url ?? ''), '', { files, store });
    const origins = new Set<string>();
    const got: Uint8Array[] = [];
    const onBytes = (_loaded: number, _total: number, from: string) => void origins.add(from);
    await checkpoint.stream(
      () => true,
      (_, bytes) => void got.push(bytes),
      { onBytes },
    );
    expectBytes(got[0], tensors[0]?.bytes);
    return [...origins];
  };
  expect(await load()).toEqual(['network']);
  server.requests.length = 0;
  expect(await load()).toEqual(['store']);
  expect(server.requests).toEqual([]);
});
