import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { MissingFileError, type WeightSource } from '../src/weights/source.ts';

/** A folder of this machine, or one file as a folder with nothing else in it, read by ranges. */
export async function diskSource(path: string): Promise<WeightSource> {
  const isFolder = (await stat(path)).isDirectory();
  const folder = isFolder ? path : dirname(path);
  return {
    label: path,
    origin: 'disk',
    async open(name, range, signal) {
      signal?.throwIfAborted();
      const file = join(folder, name);
      const size = isFolder || name === basename(path) ? await sizeOf(file) : undefined;
      if (size === undefined) throw new MissingFileError(`${path} holds no file ${name}.`, 'Check the path.');
      const start = range?.start ?? 0;
      const end = Math.min(range?.end ?? size, size);
      const stream = start < end ? createReadStream(file, { start, end: end - 1 }) : Readable.from([]);
      return { stream: Readable.toWeb(stream) as ReadableStream<Uint8Array>, start, totalBytes: size, origin: 'disk' };
    },
    async list(name) {
      if (!isFolder) return name === '' ? [basename(path)] : [];
      const entries = await readdir(join(folder, name), { withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    },
  };
}

async function sizeOf(file: string): Promise<number | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}
