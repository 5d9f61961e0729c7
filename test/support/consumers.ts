import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CONSUMERS, installConsumerTools, runNpm } from '../../scripts/setup/consumers.mjs';
import { ROOT } from '../../scripts/setup/system.mjs';

export { CONSUMERS };

const PACKAGES = [
  { name: 'stillframe', folder: ROOT },
  { name: 'stillframe-shapes', folder: join(ROOT, 'models/shapes') },
];

/** A file of an installed package, such as a tool's program. */
export const tool = (path: string) => join(CONSUMERS, 'node_modules', path);

/** Packs both packages as `npm publish` would, and installs them among the consumers. */
export async function installPackages(): Promise<void> {
  await installConsumerTools();
  const packed = PACKAGES.map(async ({ name, folder }) => {
    await rm(tool(name), { recursive: true, force: true });
    const file = await runNpm(['pack', '--silent', '--pack-destination', CONSUMERS], folder);
    return `./${file.trim()}`;
  });
  const tarballs = await Promise.all(packed);
  // What npm noted of the last installation would spare it this one.
  await rm(tool('.package-lock.json'), { force: true });
  await runNpm([
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--prefer-offline',
    ...tarballs,
  ]);
}

/** Writes an application: a copy of its folder in `test/consumers`, if there is one, and files by their paths. */
export async function writeApplication(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(CONSUMERS, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(join(ROOT, 'test/consumers', name), folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}
