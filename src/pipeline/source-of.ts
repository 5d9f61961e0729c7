import { sourceFromDirectory, sourceFromFiles, sourceFromUrl, type WeightSource } from '../weights/source.ts';

/** A folder as callers give it. */
export type FolderReference = string | URL | WeightSource | readonly File[] | FileSystemDirectoryHandle;

/** Models on a hub are called `owner/name`, perhaps with a branch, tag or commit: `owner/name@main`. */
const HUB_ID = /^([\w-][\w.-]*\/[\w-][\w.-]*)(?:@([\w.-]+(?:\/[\w.-]+)*))?$/;

/** Where hub ids are. */
const HUB = 'https://huggingface.co/';

/** A folder's files. A string is a hub id, else an address. @throws {OptionError} for an address that is none. */
export function folderSource(folder: FolderReference): WeightSource {
  if (typeof folder === 'string') return sourceFromUrl(hubUrl(folder) ?? folder);
  if (folder instanceof URL) return sourceFromUrl(folder);
  if ('open' in folder) return folder;
  if ('kind' in folder) return sourceFromDirectory(folder);
  return sourceFromFiles(folder);
}

/** Whether a string is a hub id. */
export function isHubId(text: string): boolean {
  return HUB_ID.test(text);
}

/** The address of a hub id; undefined for what is none. */
function hubUrl(text: string): string | undefined {
  const [, id, revision = 'main'] = HUB_ID.exec(text) ?? [];
  // A branch with a slash is one segment of the path.
  return id === undefined ? undefined : `${HUB}${id}/resolve/${encodeURIComponent(revision)}/`;
}
