import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import type { ManifestFile } from '../../../src/weights/manifest.ts';
import { MissingFileError, type WeightSource } from '../../../src/weights/source.ts';

/** A tensor for {@link safetensors}. */
export interface TestTensor {
  name: string;
  dtype: string;
  shape: number[];
  bytes: Uint8Array;
}

/** A safetensors file: header length, header, data. `edit` may break the header before it is written. */
export function safetensors(
  tensors: readonly TestTensor[],
  edit: (header: Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>) => void = () => {},
): Uint8Array<ArrayBuffer> {
  let offset = 0;
  const header = Object.fromEntries(
    tensors.map(({ name, dtype, shape, bytes }) => {
      const data_offsets = [offset, offset + bytes.length];
      offset += bytes.length;
      return [name, { dtype, shape, data_offsets }];
    }),
  );
  edit(header);
  const json = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  tensors.reduce((at, { bytes }) => {
    file.set(bytes, at);
    return at + bytes.length;
  }, 8 + json.length);
  return file;
}

/** An F32 tensor of `values`. */
export function f32(name: string, shape: number[], values: readonly number[]): TestTensor {
  return { name, dtype: 'F32', shape, bytes: new Uint8Array(new Float32Array(values).buffer) };
}

/** `count` bytes that repeat nowhere near. */
export function noise(count: number, seed = 1): Uint8Array<ArrayBuffer> {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** A file as the manifest lists it. */
export function listed(path: string, bytes: Uint8Array): ManifestFile {
  return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Compares bytes: `toEqual` takes seconds for what is a millisecond here. */
export function expectBytes(actual: Uint8Array | undefined, expected: Uint8Array | undefined): void {
  expect(actual?.length).toBe(expected?.length);
  expect(Buffer.compare(actual ?? new Uint8Array(1), expected ?? new Uint8Array(0))).toBe(0);
}

/** A folder on the disk, read whole file by whole file: what tests of other things than sources need. */
export function diskSource(folder: URL): WeightSource {
  return {
    label: folder.pathname,
    origin: 'disk',
    async open(path, range, signal) {
      signal?.throwIfAborted();
      const file = new URL(path, folder);
      const size = await stat(file).then(
        (info) => info.size,
        () => {
          throw new MissingFileError(`${file.pathname} is not there.`, 'Look again.');
        },
      );
      const blob = new Blob([await readFile(file)]).slice(range?.start ?? 0, range?.end);
      return { stream: blob.stream(), start: range?.start ?? 0, totalBytes: size, origin: 'disk' };
    },
  };
}

/** A directory handle over paths, as the File System API behaves. */
export function directory(name: string, paths: Record<string, File>): FileSystemDirectoryHandle {
  const notFound = () => new DOMException('no such entry', 'NotFoundError');
  const handle = {
    kind: 'directory',
    name,
    getDirectoryHandle: async (child: string) => {
      const below = Object.entries(paths).filter(([path]) => path.startsWith(`${child}/`));
      if (below.length === 0) throw notFound();
      return directory(child, Object.fromEntries(below.map(([path, file]) => [path.slice(child.length + 1), file])));
    },
    getFileHandle: async (child: string) => {
      const file = paths[child];
      if (!file) throw notFound();
      return { getFile: async () => file };
    },
    async *values() {
      for (const child of new Set(Object.keys(paths).map((path) => path.replace(/\/.*/s, '')))) {
        yield { kind: Object.hasOwn(paths, child) ? 'file' : 'directory', name: child };
      }
    },
  };
  return handle as unknown as FileSystemDirectoryHandle;
}

/** What a {@link serve}d folder does. */
export interface ServerOptions {
  /** Answers every request with the whole file and status 200. */
  ignoreRange?: boolean;
  /** Answers instead of the folder when it returns true. */
  handle?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** A folder served by HTTP on this machine, with every request it got. */
export interface TestServer {
  url: string;
  requests: { path: string; range: string | undefined }[];
  close(): Promise<void>;
}

/** Serves `files` (path to bytes); the objects may be changed while it runs. */
export async function serve(files: Record<string, Uint8Array>, options: ServerOptions = {}): Promise<TestServer> {
  const requests: TestServer['requests'] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://localhost').pathname.slice(1));
    requests.push({ path, range: request.headers.range });
    if (options.handle?.(request, response)) return;
    const file = files[path];
    if (!file) return void response.writeHead(404).end('not found');
    const range = options.ignoreRange ? null : /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (!range) return void response.writeHead(200, { 'content-length': file.length }).end(file);
    const start = Number(range[1]);
    const end = Math.min(range[2] ? Number(range[2]) + 1 : file.length, file.length);
    if (start >= file.length) return void response.writeHead(416).end();
    const headers = { 'content-length': end - start, 'content-range': `bytes ${start}-${end - 1}/${file.length}` };
    response.writeHead(206, headers).end(file.subarray(start, end));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The Cache API in memory, as much of it as the store uses. */
export function memoryCaches(): { caches: Pick<CacheStorage, 'open'>; entries: Map<string, Uint8Array<ArrayBuffer>> } {
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  const cache = {
    match: async (key: string) => {
      const bytes = entries.get(key);
      return bytes && new Response(bytes);
    },
    put: async (key: string, response: Response) => {
      entries.set(key, new Uint8Array(await response.arrayBuffer()));
    },
    delete: async (key: string) => entries.delete(key),
  };
  return { caches: { open: async () => cache as unknown as Cache }, entries };
}
