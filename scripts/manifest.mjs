/**
 * Brings `files` of every model in weights-manifest.json up to date: paths, bytes and SHA-256 of what lies in its folder.
 *
 *     node scripts/manifest.mjs           writes the file
 *     node scripts/manifest.mjs --check   exits 1 if it would change
 *
 * Only models in this repository are touched (a relative `url`). No dependencies.
 */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';

const ROOT = new URL('../', import.meta.url);
const MANIFEST = new URL('weights-manifest.json', ROOT);

/**
 * What a pipeline reads of a model folder; goldens, notes and what makes it a package lie beside it.
 *
 * @param {string} path
 */
function isModelFile(path) {
  return /\.(json|safetensors)$/.test(path) && !path.endsWith('golden.safetensors') && path !== 'package.json';
}

/** @param {URL} file */
async function sha256(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

/** @param {URL} folder */
async function listFiles(folder) {
  const paths = (await readdir(folder, { recursive: true })).map((path) => path.replaceAll('\\', '/'));
  const files = [];
  for (const path of paths.filter(isModelFile).sort()) {
    const file = new URL(path.split('/').map(encodeURIComponent).join('/'), folder);
    files.push({ path, bytes: (await stat(file)).size, sha256: await sha256(file) });
  }
  return files;
}

const before = await readFile(MANIFEST, 'utf8');
const manifest = JSON.parse(before);
for (const model of manifest.models) {
  if (!URL.canParse(model.url)) model.files = await listFiles(new URL(model.url, MANIFEST));
}
const after = `${JSON.stringify(manifest, null, 2)}\n`;
const isSame = after === before;
if (process.argv.includes('--check')) {
  if (!isSame) console.error('weights-manifest.json is out of date: run `node scripts/manifest.mjs`.');
  process.exitCode = isSame ? 0 : 1;
} else {
  await writeFile(MANIFEST, after);
  console.log(`weights-manifest.json ${isSame ? 'was up to date' : 'is brought up to date'}.`);
}
