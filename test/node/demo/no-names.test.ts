import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describePolicies } from 'stillframe/policies';
import { expect, test } from 'vitest';

/** Nothing reused and fewer steps are what the page compares with: they are its own words. */
const METHODS = describePolicies().filter(({ group }) => group !== 'control');

test('the page names no caching method: what it says of them is theirs', async () => {
  const files = (await readdir('demo', { recursive: true })).filter((file) => /\.(tsx?|html|css)$/.test(file));
  expect(files.length).toBeGreaterThan(100);
  const names = METHODS.flatMap(({ name, title }) => [name, /\((.+)\)$/.exec(title)?.[1] ?? name]);
  for (const file of files) {
    const text = await readFile(join('demo', file), 'utf8');
    for (const name of names) expect(text.match(new RegExp(`\\b${name}\\b`, 'i')), `${name} in ${file}`).toBeNull();
  }
});
