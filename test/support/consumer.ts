import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { npm, ROOT } from '../../scripts/setup/system.mjs';

const run = promisify(execFile);

/** What npm installs beside the package. */
const DEPENDENCIES = ['mediabunny', '@huggingface', '@noble'];

/** An application that has installed our packed package; `await using` removes it. */
export interface Consumer extends AsyncDisposable {
  readonly folder: string;
  /** Writes a source file. */
  write(path: string, text: string): Promise<void>;
}

/** Packs the built library as `npm publish` would, and installs it into a new folder without any network. */
export async function installPackage(): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), 'stillframe-consumer-'));
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  const { program, words, shell } = npm(['pack', '--silent', '--pack-destination', folder]);
  const { stdout } = await run(program, words, { cwd: ROOT, shell });
  await run('tar', ['-xzf', join(folder, stdout.trim()), '-C', modules]);
  await symlink(join(modules, 'package'), join(modules, 'stillframe'), 'dir');
  for (const name of DEPENDENCIES) await symlink(join(ROOT, 'node_modules', name), join(modules, name), 'dir');
  return {
    folder,
    write: (path, text) => writeFile(join(folder, path), text),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
