import { afterEach, describe, expect, it } from 'vitest';
import { OptionError, SourceError, WeightsError } from '../../../src/errors.ts';
import { streamRanges } from '../../../src/weights/read.ts';
import {
  exists,
  MissingFileError,
  readBytes,
  readJson,
  sourceFromDirectory,
  sourceFromFiles,
  sourceFromUrl,
} from '../../../src/weights/source.ts';
import { directory, expectBytes, noise, type ServerOptions, serve, type TestServer } from './support.ts';

const DATA = noise(300_000);
const files = { 'a/data.bin': DATA, 'config.json': new TextEncoder().encode('{"x": 1}') };

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});
async function source(options: ServerOptions = {}, served: Record<string, Uint8Array> = files) {
  server = await serve(served, options);
  return sourceFromUrl(server.url);
}

describe.each([false, true])('sourceFromUrl, of a server that ignores Range: %s', (ignoreRange) => {
  it('reads whole files and ranges', async () => {
    const folder = await source({ ignoreRange });
    expectBytes(await readBytes(folder, 'a/data.bin'), DATA);
    expectBytes(await readBytes(folder, 'a/data.bin', { start: 1000, end: 200_003 }), DATA.slice(1000, 200_003));
    expectBytes(await readBytes(folder, 'a/data.bin', { start: 299_990 }), DATA.slice(299_990));
    expect(await readJson(folder, 'config.json')).toEqual({ x: 1 });
  });

  it('gives many ranges, reading the file once where ranges are ignored', async () => {
    const folder = await source({ ignoreRange });
    const ranges = [
      { start: 5, end: 10 },
      { start: 10, end: 70_000 },
      { start: 299_999, end: 300_000 },
    ];
    const got = new Map<number, number>();
    for await (const { offset, bytes } of streamRanges(folder, 'a/data.bin', ranges)) {
      for (const [i, byte] of bytes.entries()) got.set(offset + i, byte);
    }
    const asked = ranges.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i));
    expect([...got.keys()]).toEqual(asked);
    expect(asked.every((at) => got.get(at) === DATA[at])).toBe(true);
    expect(server?.requests.length).toBe(ignoreRange ? 1 : 3);
  });

  it('names a range that the file does not have', async () => {
    const folder = await source({ ignoreRange });
    const failure = readBytes(folder, 'a/data.bin', { start: 299_990, end: 300_001 });
    await expect(failure).rejects.toThrow(SourceError);
    await expect(failure).rejects.toThrow(/ends at byte 300000, but bytes 299990 to 300001/);
    await expect(readBytes(folder, 'a/data.bin', { start: 300_005, end: 300_009 })).rejects.toThrow(SourceError);
  });
});

describe('sourceFromUrl', () => {
  it('keeps a query, encodes names, and passes by the browser’s cache', async () => {
    server = await serve({ 'dir/a b#.txt': DATA }, {});
    const asked: string[] = [];
    const fetcher: typeof fetch = (input, init) => {
      asked.push(String(input));
      expect(init?.cache).toBe('no-store');
      return fetch(input, init);
    };
    const folder = sourceFromUrl(`${server.url}dir?key=1`, { fetch: fetcher });
    expectBytes(await readBytes(folder, 'a b#.txt'), DATA);
    expect(asked).toEqual([`${server.url}dir/a%20b%23.txt?key=1`]);
  });

  it('names an address that is none', () => {
    expect(() => sourceFromUrl('shapes')).toThrow(OptionError);
  });

  it.each([401, 403])(
    'tells a missing file from one that is refused with %i, and from a failing server',
    async (status) => {
      const folder = await source({
        handle: (request, response) => {
          if (!request.url?.match(/secret|broken/)) return false;
          response.writeHead(request.url.includes('secret') ? status : 500, 'No').end();
          return true;
        },
      });
      expect(await exists(folder, 'config.json')).toBe(true);
      expect(await exists(folder, 'none.json')).toBe(false);
      await expect(readJson(folder, 'none.json')).rejects.toMatchObject({ notFound: true });
      // Where names are tried, a refused one may not be there; where it is asked for by name, it is refused.
      expect(await exists(folder, 'secret.json')).toBe(false);
      const refused = readJson(folder, 'secret.json');
      await expect(refused).rejects.toThrow(new RegExp(`secret\\.json answered HTTP ${status} No\\. Ask for access`));
      await expect(refused).rejects.toMatchObject({ name: 'SourceError' });
      await expect(exists(folder, 'broken.json')).rejects.toThrow(/broken\.json answered HTTP 500 No\. Try again/);
    },
  );

  it('takes a single-page server’s HTML for a missing file', async () => {
    const page = (type: string) => (_: unknown, response: import('node:http').ServerResponse) => {
      response.writeHead(200, { 'content-type': type }).end('<!doctype html><title>app</title>');
      return true;
    };
    const typed = await source({ handle: page('text/html; charset=utf-8') });
    expect(await exists(typed, 'model.safetensors')).toBe(false);
    await server?.close();
    await expect(readJson(await source({ handle: page('') }), 'config.json')).rejects.toThrow(MissingFileError);
  });

  it('names broken JSON', async () => {
    const folder = await source({}, { 'config.json': new TextEncoder().encode('{"x": ') });
    await expect(readJson(folder, 'config.json')).rejects.toThrow(WeightsError);
    await expect(readJson(folder, 'config.json')).rejects.toThrow(/config\.json is not valid JSON/);
  });

  it('names a server that is not there', async () => {
    const folder = await source();
    await server?.close();
    const failure = readBytes(folder, 'config.json');
    await expect(failure).rejects.toThrow(SourceError);
    await expect(failure).rejects.toThrow(/could not be fetched/);
  });

  it('names a connection that ends midway, with the bytes that came', async () => {
    const folder = await source({
      handle: (_, response) => {
        response.writeHead(200, { 'content-length': DATA.length });
        response.write(DATA.subarray(0, 1000), () => response.destroy());
        return true;
      },
    });
    const failure = readBytes(folder, 'a/data.bin');
    await expect(failure).rejects.toThrow(SourceError);
    await expect(failure).rejects.toThrow(/ended after (0|1000) of 300000 bytes/);
  });

  it('notices a body that ends early in silence', async () => {
    const short: typeof fetch = async () =>
      new Response(DATA.slice(0, 99), { headers: { 'content-length': '300000' } });
    const folder = sourceFromUrl('http://localhost/', { fetch: short });
    await expect(readBytes(folder, 'a')).rejects.toThrow(/ended after 99 of 300000 bytes/);
  });

  it('does not take a compressed length for the file’s', async () => {
    const packed: typeof fetch = async () =>
      new Response('{"x": 1}', { headers: { 'content-length': '99', 'content-encoding': 'gzip' } });
    expect(await readJson(sourceFromUrl('http://localhost/', { fetch: packed }), 'a')).toEqual({ x: 1 });
  });

  it('refuses an answer that begins behind what was asked', async () => {
    const late: typeof fetch = async () =>
      new Response('abc', { status: 206, headers: { 'content-range': 'bytes 7-9/10' } });
    const folder = sourceFromUrl('http://localhost/', { fetch: late });
    await expect(readBytes(folder, 'a', { start: 5, end: 10 })).rejects.toThrow(/from byte 7, but byte 5/);
  });

  it('rejects with the signal’s reason before, and while a read is stalled, and closes the connection', async () => {
    let closed: (() => void) | undefined;
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const folder = await source({
      handle: (_, response) => {
        response.writeHead(200, { 'content-length': DATA.length }).write(DATA.subarray(0, 1000));
        response.on('close', () => closed?.());
        return true;
      },
    });
    const reason = new Error('enough');
    await expect(readBytes(folder, 'a/data.bin', undefined, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const reading = readBytes(folder, 'a/data.bin', undefined, controller.signal);
    setTimeout(() => controller.abort(reason), 50);
    await expect(reading).rejects.toBe(reason);
    await isClosed;
  });
});

/** A File as a chosen folder has them. */
function fileAt(path: string, bytes: Uint8Array<ArrayBuffer> = DATA): File {
  const file = new File([bytes], path.split('/').at(-1) ?? '');
  return Object.defineProperty(file, 'webkitRelativePath', { value: path });
}

describe.each([
  ['sourceFromFiles', () => sourceFromFiles([fileAt('shapes/vae/w.bin'), fileAt('shapes/model_index.json')])],
  ['sourceFromDirectory', () => sourceFromDirectory(directory('shapes', { 'vae/w.bin': fileAt('w.bin') }))],
])('%s', (_, make) => {
  it('reads files, and ranges of them', async () => {
    expect(make().label).toBe('shapes');
    expectBytes(await readBytes(make(), 'vae/w.bin'), DATA);
    expectBytes(await readBytes(make(), 'vae/w.bin', { start: 9, end: 99 }), DATA.slice(9, 99));
    expect(await exists(make(), 'vae/w.bin')).toBe(true);
  });

  it('lists a folder', async () => {
    expect(await make().list?.('vae')).toEqual(['w.bin']);
    expect(await make().list?.('none')).toEqual([]);
    expect(await make().list?.('')).not.toContain('vae');
    const reason = new Error('stop');
    await expect(make().list?.('vae', AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('names a missing file', async () => {
    expect(await exists(make(), 'vae/none.bin')).toBe(false);
    expect(await exists(make(), 'none/w.bin')).toBe(false);
    await expect(readBytes(make(), 'vae/none.bin')).rejects.toThrow(/shapes holds no file vae\/none\.bin/);
  });

  it('names a file that changes while it is read, and stops with the signal’s reason', async () => {
    const broken = fileAt('shapes/w.bin');
    const failing = () => {
      throw new DOMException('it changed', 'NotReadableError');
    };
    Object.defineProperty(broken, 'slice', { value: () => ({ stream: () => new ReadableStream({ pull: failing }) }) });
    await expect(readBytes(sourceFromFiles([broken]), 'w.bin')).rejects.toThrow(/w\.bin could not be read: it changed/);
    const reason = new Error('stop');
    await expect(readBytes(make(), 'vae/w.bin', undefined, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

it('sourceFromFiles keeps plain names, and folders that differ', async () => {
  expect(await exists(sourceFromFiles([new File(['x'], 'config.json')]), 'config.json')).toBe(true);
  const two = sourceFromFiles([fileAt('a/x.bin'), fileAt('b/y.bin')]);
  expect(await exists(two, 'a/x.bin')).toBe(true);
});

it('sourceFromFiles takes paths from names, and says what was chosen where there is no folder', async () => {
  const named = sourceFromFiles([new File(['x'], 'shapes/vae/w.bin'), new File(['x'], 'shapes/model_index.json')]);
  expect(named.label).toBe('shapes');
  expect(await exists(named, 'vae/w.bin')).toBe(true);
  const missing = (...names: string[]) => readJson(sourceFromFiles(names.map((name) => new File([], name))), 'm.json');
  await expect(missing('photo.jpg')).rejects.toThrow('photo.jpg holds no file m.json.');
  await expect(missing('a.txt', 'b.txt')).rejects.toThrow('The choice of 2 files holds no file m.json.');
  await expect(missing()).rejects.toThrow('The choice of 0 files holds no file m.json.');
});

it('sourceFromDirectory passes on a refused permission as SourceError', async () => {
  const refuse = async () => {
    throw new DOMException('not allowed', 'NotAllowedError');
  };
  const handle = { name: 'x', getFileHandle: refuse } as unknown as FileSystemDirectoryHandle;
  await expect(exists(sourceFromDirectory(handle), 'a')).rejects.toThrow(/x\/a could not be read: not allowed/);
  const locked = { name: 'x', getDirectoryHandle: refuse } as unknown as FileSystemDirectoryHandle;
  await expect(sourceFromDirectory(locked).list?.('vae')).rejects.toThrow(/x\/vae could not be read: not allowed/);
});
