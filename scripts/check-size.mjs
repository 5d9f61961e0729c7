/**
 * Holds the built files to their budgets, gzipped: the library's core (what `import 'stillframe'` loads at once), each
 * of its files that is loaded when it is needed, both without third-party packages, and the demo page without weights.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { init, parse } from 'es-module-lexer';
import { ROOT } from './setup/system.mjs';

await init;
const core = staticGraph(join(ROOT, 'dist/index.js'));
const later = readdirSync(join(ROOT, 'dist'))
  .filter((name) => extname(name) === '.js')
  .map((name) => join(ROOT, 'dist', name))
  .filter((file) => !core.includes(file));
const page = readdirSync(join(ROOT, 'dist-demo'), { recursive: true, encoding: 'utf8' })
  .filter((name) => ['.html', '.js', '.css'].includes(extname(name)))
  .map((name) => join(ROOT, 'dist-demo', name));

const fits = [
  check('library core', core, 24_000),
  ...later.map((file) => check(`library, ${basename(file, '.js')}`, [file], 56_000)),
  check('demo page', page, 223_000),
];
process.exitCode = fits.every(Boolean) ? 0 : 1;

/**
 * @param {string} entry
 * @returns {string[]} a module and all that it imports statically, by relative path.
 */
function staticGraph(entry) {
  const seen = new Set([entry]);
  for (const file of seen) {
    const [imports] = parse(readFileSync(file, 'utf8'));
    for (const { n: name, d: dynamic } of imports) {
      if (dynamic === -1 && name?.startsWith('.')) seen.add(join(dirname(file), name));
    }
  }
  return [...seen];
}

/**
 * Prints a table of files and their gzipped bytes.
 *
 * @param {string} title
 * @param {string[]} files
 * @param {number} budget
 */
function check(title, files, budget) {
  const rows = files.map((file) => ({ name: relative(ROOT, file), bytes: gzipSync(readFileSync(file)).length }));
  const total = rows.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`\n${title}, gzipped`);
  for (const { name, bytes } of rows) console.log(`${String(bytes).padStart(9)}  ${name}`);
  console.log(`${String(total).padStart(9)}  of ${budget}${total > budget ? ': over budget' : ''}`);
  return total <= budget;
}
