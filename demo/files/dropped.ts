import type { ModelChoice } from '../engine/protocol.ts';
import { named } from './named.ts';

/** More is not a model's folder but one far above it. */
const MOST_FILES = 10_000;

/** Whether something that is dragged over the page holds files. */
export function holdsFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer?.types.includes('Files') ?? false;
}

/**
 * What was dropped: a folder as a handle where the browser has such, else its files, or whatever files there are.
 * Call it while the event is handled: afterwards the browser has emptied the list.
 *
 * @throws RangeError when there are far too many files; DOMException when they cannot be read.
 */
export function takeDropped(items: DataTransferItemList): Promise<ModelChoice> {
  const dropped = [...items].filter(({ kind }) => kind === 'file').map(taken);
  return openDropped(dropped);
}

/** A dropped thing, in each form that can be had. */
interface Dropped {
  readonly handle: Promise<FileSystemHandle | null> | undefined;
  readonly entry: FileSystemEntry | null;
  readonly file: File | null;
}

function taken(item: DataTransferItem): Dropped {
  const handle = item.getAsFileSystemHandle?.().catch(() => null);
  return { handle, entry: item.webkitGetAsEntry(), file: item.getAsFile() };
}

async function openDropped(dropped: readonly Dropped[]): Promise<ModelChoice> {
  const only = dropped.length === 1 ? await dropped[0]?.handle : undefined;
  if (only instanceof FileSystemDirectoryHandle) return only;
  const files: File[] = [];
  for (const { entry, file } of dropped) {
    if (entry) await walk(entry, files);
    else if (file) files.push(file);
  }
  return files;
}

async function walk(entry: FileSystemEntry, files: File[]): Promise<void> {
  // `.git` and the like hold as much as the model, and nothing of it.
  if (entry.name.startsWith('.')) return;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    files.push(named(file, entry.fullPath.slice(1)));
  } else if (isDirectory(entry)) {
    for await (const child of childrenOf(entry)) await walk(child, files);
  }
  if (files.length <= MOST_FILES) return;
  throw new RangeError(
    `The folder holds over ${MOST_FILES} files. Drop the folder that holds model_index.json, and no other.`,
  );
}

/** A reader tells of some at a time, and at last of none. */
async function* childrenOf(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry, void, undefined> {
  const reader = folder.createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    yield* some;
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
