import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandError } from '../../../cli/errors.ts';
import { makeFolder } from '../../../cli/folders.ts';
import { type ComparedReport, OutputFolder } from '../../../cli/output.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stillframe-output-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const report = { frames: 1 } as ComparedReport;

async function write(path: string): Promise<void> {
  await using output = await OutputFolder.create(path);
  await output.writeFrame(0, 1, 1, new Uint8Array(4));
  await output.writeReport(report);
  await output.writeVideo({ type: 'video/mp4', bytes: new Uint8Array(1) });
  await output.publish();
}

test('what is written is there once it is published, in the place of an earlier run', async () => {
  const path = join(folder, 'a/b');
  await mkdir(join(path, 'frames'), { recursive: true });
  for (const name of ['frames/007.png', 'frames/notes.txt', 'clip.webm']) await writeFile(join(path, name), '');
  await write(path);
  expect((await readdir(path, { recursive: true })).sort()).toEqual([
    'clip.mp4',
    'frames',
    'frames/000.png',
    'frames/notes.txt',
    'report.json',
  ]);
});

test('what is not published leaves nothing, and an earlier run as it was', async () => {
  const path = join(folder, 'c/d');
  {
    await using output = await OutputFolder.create(path);
    await output.writeFrame(0, 1, 1, new Uint8Array(4));
  }
  expect(await readdir(folder)).not.toContain('c');
  await write(path);
  const before = await readdir(path, { recursive: true });
  {
    await using output = await OutputFolder.create(path);
    await output.writeReport({ frames: 2 } as ComparedReport);
  }
  expect(await readdir(path, { recursive: true })).toEqual(before);
  expect(JSON.parse(await readFile(join(path, 'report.json'), 'utf8'))).toEqual(report);
});

describe('a folder that cannot be made fails at once', () => {
  test.skipIf(process.platform !== 'linux')('in /proc, which denies that a new folder is there', async () => {
    await expect(makeFolder('/proc/x/y')).rejects.toThrow(CommandError);
    await expect(makeFolder('/proc/x/y')).rejects.toThrow(/^\/proc\/x\/y cannot be written: ENOENT/);
  });

  test('below a file, and at one; folders above it that were made are gone again', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(makeFolder(join(file, 'x/y'))).rejects.toThrow(/cannot be written: ENOTDIR/);
    await expect(makeFolder(file)).rejects.toThrow('it is no folder');
    await expect(makeFolder(join(folder, `e/f/${'n'.repeat(300)}`))).rejects.toThrow(/ENAMETOOLONG/);
    expect(await readdir(folder)).not.toContain('e');
  });
});
