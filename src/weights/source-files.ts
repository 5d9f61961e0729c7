/**
 * A model folder on the user's disk: chosen files, a dropped folder, or a directory handle.
 *
 * @module
 */

import { causeMessage, SourceError } from '../errors.ts';
import { type ByteRange, MissingFileError, type OpenedFile, type WeightSource } from './source-types.ts';
import { chunksOf, streamOf } from './streams.ts';

/**
 * A model folder as a list of files, e.g. from `<input type="file" webkitdirectory>`. Paths come from
 * `webkitRelativePath`, else from `name`, which may hold slashes; the folder that all files share at the top is left out.
 *
 * @throws MissingFileError from `open` for a path that is not in the list; SourceError when reading fails.
 */
export function sourceFromFiles(files: Iterable<File>): WeightSource {
  const entries = [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  const paths = entries.map(({ path }) => path);
  const top = commonTopFolder(paths);
  const byPath = new Map(entries.map(({ path, file }) => [path.slice(top.length), file]));
  const label = top.slice(0, -1) || (paths.length === 1 ? `${paths[0]}` : `The choice of ${paths.length} files`);
  return {
    label,
    origin: 'disk',
    async open(path, range, signal) {
      signal?.throwIfAborted();
      const file = byPath.get(path);
      if (!file) throw missing(label, path);
      return openBlob(`${label}/${path}`, file, range, signal);
    },
    async list(folder, signal) {
      signal?.throwIfAborted();
      const prefix = folder === '' ? '' : `${folder}/`;
      const inside = [...byPath.keys()].filter((path) => path.startsWith(prefix));
      return inside.map((path) => path.slice(prefix.length)).filter((name) => !name.includes('/'));
    },
  };
}

/**
 * A model folder as a directory handle, from `showDirectoryPicker()` or the origin's private file system.
 *
 * @throws MissingFileError from `open` for a path that is not in it; SourceError when permission or reading fails.
 */
export function sourceFromDirectory(handle: FileSystemDirectoryHandle): WeightSource {
  const reading = async <T>(path: string, work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (cause) {
      signal?.throwIfAborted();
      const kind = cause instanceof Error ? cause.name : '';
      if (kind === 'NotFoundError' || kind === 'TypeMismatchError') throw missing(handle.name, path, cause);
      throw unreadable(`${handle.name}/${path}`, cause);
    }
  };
  return {
    label: handle.name,
    origin: 'disk',
    async open(path, range, signal) {
      const file = await reading(path, () => fileAt(handle, path.split('/')), signal);
      return openBlob(`${handle.name}/${path}`, file, range, signal);
    },
    async list(folder, signal) {
      try {
        return await reading(folder, () => fileNames(handle, folder.split('/')), signal);
      } catch (error) {
        if (error instanceof MissingFileError) return [];
        throw error;
      }
    },
  };
}

async function fileAt(handle: FileSystemDirectoryHandle, segments: readonly string[]): Promise<File> {
  const folder = await folderAt(handle, segments.slice(0, -1));
  return (await folder.getFileHandle(segments.at(-1) ?? '')).getFile();
}

async function fileNames(handle: FileSystemDirectoryHandle, segments: readonly string[]): Promise<string[]> {
  const names: string[] = [];
  for await (const { kind, name } of (await folderAt(handle, segments)).values()) if (kind === 'file') names.push(name);
  return names;
}

async function folderAt(
  handle: FileSystemDirectoryHandle,
  segments: readonly string[],
): Promise<FileSystemDirectoryHandle> {
  let folder = handle;
  for (const segment of segments) if (segment !== '') folder = await folder.getDirectoryHandle(segment);
  return folder;
}

/** `'shapes/'` when every path begins with it; `''` when a file lies at the top or the first folders differ. */
function commonTopFolder(paths: readonly string[]): string {
  const first = paths[0] ?? '';
  const top = first.slice(0, first.indexOf('/') + 1);
  return paths.every((path) => path.startsWith(top)) ? top : '';
}

function openBlob(name: string, blob: Blob, range: ByteRange | undefined, signal: AbortSignal | undefined): OpenedFile {
  const start = range?.start ?? 0;
  return {
    stream: streamOf(namedErrors(name, blob.slice(start, range?.end), signal)),
    start,
    totalBytes: blob.size,
    origin: 'disk',
  };
}

/** A file that changed or vanished after it was chosen fails only while it is read. */
async function* namedErrors(
  name: string,
  blob: Blob,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunksOf(blob.stream(), signal);
  } catch (cause) {
    signal?.throwIfAborted();
    throw unreadable(name, cause);
  }
}

function missing(folder: string, path: string, cause?: unknown): MissingFileError {
  return new MissingFileError(`${folder} holds no file ${path}.`, 'Choose the folder that holds model_index.json.', {
    cause,
  });
}

function unreadable(name: string, cause: unknown): SourceError {
  return new SourceError(
    `${name} could not be read: ${causeMessage(cause)}.`,
    'Choose the folder again, and leave its files as they are while they are read.',
    { cause },
  );
}
