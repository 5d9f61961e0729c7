import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

/** What never throws: it answers from what it has, or frees. */
const SAFE = ['dispose()', 'state', 'describePolicies()'];

/** The sections of a page, by the titles of what can be called or read. */
async function sections(path: string, level: string): Promise<Map<string, string>> {
  const parts = (await readFile(path, 'utf8')).split(new RegExp(`^${level} `, 'm')).slice(1);
  return new Map(parts.map((part) => [(part.split('\n')[0] ?? '').replace(/^Function: /, ''), part]));
}

test('the reference says of all that can throw what it throws', async () => {
  const found = new Map<string, string>();
  for (const entry of ['index', 'policies']) {
    for (const name of await readdir(`docs/api/${entry}/functions`)) {
      for (const [title, text] of await sections(`docs/api/${entry}/functions/${name}`, '#')) found.set(title, text);
    }
  }
  for (const [title, text] of await sections('docs/api/index/interfaces/Pipeline.md', '###')) found.set(title, text);
  for (const [title, text] of await sections('docs/api/index/interfaces/Clip.md', '###')) {
    if (title.endsWith('()')) found.set(title, text);
  }
  expect([...found.keys()]).toEqual(expect.arrayContaining(['loadPipeline()', 'generate()', 'device', 'toBlob()']));
  const silent = [...found].filter(([title, text]) => !SAFE.includes(title) && !/^#+ Throws$/m.test(text));
  expect(silent.map(([title]) => title)).toEqual([]);
});
