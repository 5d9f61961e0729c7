import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readArtifact } from '../../../cli/policy-options.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'artifact-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('an artifact that is a file is read; another address is left to the page', async () => {
  const file = join(folder, 'a.json');
  await writeFile(file, '{"policy":"smoothcache"}');
  const read = await readArtifact({ artifact: file, threshold: 0.2 });
  expect(read).toEqual({ artifact: { policy: 'smoothcache' }, threshold: 0.2 });
  const elsewhere = { artifact: 'smoothcache-30.json' };
  expect(await readArtifact(elsewhere)).toBe(elsewhere);
  expect(await readArtifact({})).toEqual({});
});

test('a file that is no JSON is refused by name', async () => {
  const file = join(folder, 'b.json');
  await writeFile(file, 'no');
  await expect(readArtifact({ artifact: file })).rejects.toThrow(`${file} is no JSON.`);
});
