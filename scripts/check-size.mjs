/**
 * Holds the built files to their budgets, gzipped: the library's core (what `import 'stillframe'` loads at once), each
 * of its files that is loaded when it is needed, both without third-party packages; what an application ships with all of them, as Vite
 * builds it; and the demo page without weights: what is loaded up to a clip, its font included, and what only some visits need.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { init, parse } from 'es-module-lexer';
import { build } from 'vite';
import { ROOT } from './setup/system.mjs';

await init;
const core = staticGraph(join(ROOT, 'dist/index.js'));
const later = readdirSync(join(ROOT, 'dist'))
  .filter((name) => extname(name) === '.js')
  .map((name) => join(ROOT, 'dist', name))
  .filter((file) => !core.includes(file));
const page = readdirSync(join(ROOT, 'dist-demo'), { recursive: true, encoding: 'utf8' })
  .filter((name) => ['.html', '.js', '.css', '.woff2'].includes(extname(name)))
  .map((name) => join(ROOT, 'dist-demo', name));
/**
 * Of the page, too: the encoder of video files, the cleaning of prompts that are not plain, classes of other models than the page's own, models
 * put together from parts, and GGUF.
 */
const isForLater = (/** @type {string} */ file) => /^(encoder|clean|dit|assemble|gguf)-/.test(basename(file));
const example = readdirSync(join(ROOT, 'dist-demo/example')).map((name) => join(ROOT, 'dist-demo/example', name));

const application = await buildApplication();

const fits = [
  check('library core', core, 8_000),
  ...later.map((file) => check(`library, ${basename(file, '.js')}`, [file], 55_000)),
  check(
    'application with all dependencies, up to a clip of a Wan model',
    application.filter((file) => !isForLater(file)),
    125_000,
  ),
  check('the same, what is loaded when it is needed', application.filter(isForLater), 65_000),
  check(
    'demo page, up to a clip',
    page.filter((file) => !isForLater(file)),
    220_000,
  ),
  check('demo page, what is loaded when it is needed', page.filter(isForLater), 65_000),
  check('demo page, whole', page, 262_000),
  check('recorded example', example, 120_000, ({ length }) => length),
];
process.exitCode = fits.every(Boolean) ? 0 : 1;

/**
 * Builds an application that makes a clip and a file of it, as its developer would, from the built library.
 *
 * @returns {Promise<string[]>} its scripts.
 */
async function buildApplication() {
  const folder = join(ROOT, '.cache/application');
  mkdirSync(folder, { recursive: true });
  const run =
    "loadPipeline('./m/').then((pipeline) => pipeline.generate({ prompt: 'a' })).then((clip) => clip.toBlob())";
  writeFileSync(join(folder, 'app.js'), `import { loadPipeline } from 'stillframe';\n${run}.then(console.log);\n`);
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { stillframe: join(ROOT, 'dist/index.js') } },
    build: { target: 'es2022', rolldownOptions: { input: join(folder, 'app.js') } },
  });
  return readdirSync(join(folder, 'dist/assets')).map((name) => join(folder, 'dist/assets', name));
}

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
 * Prints a table of files and their bytes.
 *
 * @param {string} title
 * @param {string[]} files
 * @param {number} budget
 * @param {(content: Buffer) => number} count Gzipped, unless told.
 */
function check(title, files, budget, count = gzipped) {
  const rows = files.map((file) => ({ name: relative(ROOT, file), bytes: count(readFileSync(file)) }));
  const total = rows.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`\n${title}${count === gzipped ? ', gzipped' : ''}`);
  for (const { name, bytes } of rows) console.log(`${String(bytes).padStart(9)}  ${name}`);
  console.log(`${String(total).padStart(9)}  of ${budget}${total > budget ? ': over budget' : ''}`);
  return total <= budget;
}

/** @param {Buffer} content */
function gzipped(content) {
  return gzipSync(content).length;
}
