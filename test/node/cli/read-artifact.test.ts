import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderId, forPage, readArtifact } from '../../../cli/policy-options.ts';

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

test("an artifact in the model's folder is read, and one made for that folder is for its URL in the page", async () => {
  const url = 'http://127.0.0.1:4321/c0ffee/';
  await writeFile(join(folder, 'own.json'), JSON.stringify({ model: folderId(folder), steps: 4 }));
  const read = await readArtifact({ artifact: 'own.json', lookahead: 1 }, folder);
  expect(forPage(read, folder, url)).toEqual({ artifact: { model: url, steps: 4 }, lookahead: 1 });
  const other = { artifact: { model: 'shapes', steps: 4 } };
  expect(forPage(other, folder, url)).toBe(other);
  expect(forPage({ threshold: 1 }, folder, url)).toEqual({ threshold: 1 });
});
