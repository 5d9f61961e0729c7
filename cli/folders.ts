import { constants } from 'node:fs';
import { access, mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CommandError } from './errors.ts';

/**
 * Makes a folder that can be written, and those above it that are missing. One at a time: Node's own recursive form never
 * ends where a file system says that a new folder's parent is not there, as `/proc` does.
 *
 * @returns the folders that were made, the innermost first.
 * @throws {CommandError} when it cannot be; then what was made is gone again.
 */
export async function makeFolder(path: string): Promise<readonly string[]> {
  const made: string[] = [];
  try {
    const missing: string[] = [];
    for (let folder = path; !(await isThere(folder)); folder = dirname(folder)) missing.push(folder);
    for (const folder of missing.reverse()) {
      await mkdir(folder);
      made.unshift(folder);
    }
    if (!(await stat(path)).isDirectory()) throw new Error('it is no folder');
    await access(path, constants.W_OK);
    return made;
  } catch (error) {
    await removeEmpty(made);
    throw new CommandError(`${path} cannot be written: ${error instanceof Error ? error.message : error}.`);
  }
}

/** Removes folders that `makeFolder` made, as far as they are empty. */
export async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(path) !== path) return false;
    throw error;
  }
}
