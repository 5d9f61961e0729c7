import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { diskSource } from '../../../cli/disk-source.ts';
import type { ModelPlan } from '../../../src/index.ts';
import { MissingFileError, readBytes } from '../../../src/weights/source.ts';

const folder = await mkdtemp(join(tmpdir(), 'stillframe-plan-'));
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command. @returns its exit code and what it printed. */
async function plan(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const run = promisify(execFile)(process.execPath, ['--import', 'tsx', 'cli/main.ts', 'plan', ...args]);
  return run.then(
    (printed) => ({ ...printed, code: 0 }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

test('plans a model in parts for a described GPU, without a browser', { timeout: 60_000 }, async () => {
  const gpu = join(folder, 'gpu.json');
  await writeFile(gpu, JSON.stringify({ maxBufferSize: 1_000_000, memoryBytes: 2 ** 30 }));
  const shapes = ['--transformer', 'models/shapes', '--vae', 'models/shapes/vae', '--text-encoder', 'models/shapes'];
  const { stdout, stderr, code } = await plan(
    ...shapes,
    '--gpu',
    gpu,
    '--width',
    '128',
    '--height',
    '128',
    '--frames',
    '17',
    '--json',
  );
  expect(stderr).toBe('');
  const { verdict, problems, changes } = JSON.parse(stdout) as ModelPlan;
  expect(verdict).toBe('fits with changes');
  expect(problems).toEqual([expect.stringMatching(/needs a buffer of \d+ bytes; the GPU allows 1000000\.$/)]);
  expect(changes?.size?.width).toBeLessThan(128);
  expect(code).toBe(0);
});

test('says what is wrong with the line or the file of a GPU', { timeout: 60_000 }, async () => {
  const gpu = join(folder, 'wrong.json');
  await writeFile(gpu, JSON.stringify({ maxBufferSize: '1 GB' }));
  expect(await plan('--gpu', gpu)).toMatchObject({ code: 2, stderr: expect.stringMatching(/maxBufferSize is "1 GB"/) });
  expect(await plan('--model', 'shapes', '--vae', 'x')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/beside parts/),
  });
});

test('reads folders and single files of the disk by ranges', async () => {
  await writeFile(join(folder, 'a.bin'), Uint8Array.of(1, 2, 3, 4, 5));
  for (const path of [folder, join(folder, 'a.bin')]) {
    const source = await diskSource(path);
    expect([...(await readBytes(source, 'a.bin', { start: 1, end: 3 }))]).toEqual([2, 3]);
    expect([...(await readBytes(source, 'a.bin', { start: 5 }))]).toEqual([]);
    await expect(readBytes(source, 'none')).rejects.toThrow(MissingFileError);
    expect(await source.list?.('')).toContain('a.bin');
    expect(await source.list?.('none')).toEqual([]);
  }
  const file = await diskSource(join(folder, 'a.bin'));
  await expect(readBytes(file, 'gpu.json')).rejects.toThrow(MissingFileError);
});
