import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../scripts/setup/system.mjs';
import { isHubId } from '../src/pipeline/source-of.ts';
import { parseManifest } from '../src/weights/manifest.ts';
import { CommandError } from './errors.ts';
import { userPath } from './options.ts';

/** What `--model` means: an id of the manifest, a URL or a hub id, or a folder on this machine. */
export type ModelChoice =
  | { readonly kind: 'reference'; readonly reference: string }
  | { readonly kind: 'folder'; readonly path: string };

/** Finds out what `--model` means. @throws {CommandError} naming the ids there are. */
export async function chooseModel(name: string): Promise<ModelChoice> {
  const manifest = parseManifest(JSON.parse(await readFile(join(ROOT, 'weights-manifest.json'), 'utf8')));
  const ids = manifest.models.map(({ id }) => id);
  if (ids.includes(name) || /^https?:\/\//.test(name)) return { kind: 'reference', reference: name };
  const path = userPath(name);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return { kind: 'folder', path };
  if (isHubId(name)) return { kind: 'reference', reference: name };
  throw new CommandError(
    `There is no model ${name}: give ${ids.join(', ')}, a folder in diffusers' layout, its URL, or a hub id, owner/name.`,
  );
}
