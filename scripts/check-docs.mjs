/**
 * Fails where an export has no docstring, or where docs/api is not what `npm run docs` would write.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup/system.mjs';

const fresh = join(ROOT, '.cache/api');
rmSync(fresh, { recursive: true, force: true });
const typedoc = join(ROOT, 'node_modules/typedoc/bin/typedoc');
const words = [typedoc, '--out', fresh, '--logLevel', 'Warn'];
const { status } = spawnSync(process.execPath, words, { cwd: ROOT, stdio: 'inherit' });
if (status !== 0) process.exit(1);

const [expected, committed] = [read(fresh), read(join(ROOT, 'docs/api'))];
const stale = [...new Set([...expected.keys(), ...committed.keys()])].filter(
  (name) => expected.get(name) !== committed.get(name),
);
if (stale.length > 0) {
  console.error(`docs/api is stale (${stale.join(', ')}): run \`npm run docs\` and commit.`);
  process.exitCode = 1;
}

/**
 * @param {string} folder
 * @returns its Markdown files' texts by name.
 */
function read(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
