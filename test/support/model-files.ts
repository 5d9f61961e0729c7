import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../scripts/setup/system.mjs';

/** A folder of `models/` as a browser hands over what was chosen, in Node: paths begin with the folder's name. */
export async function modelFiles(name: string): Promise<File[]> {
  const folder = join(ROOT, 'models', name);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => new File([await readFile(path)], name + path.slice(folder.length).replaceAll('\\', '/'))),
  );
}
