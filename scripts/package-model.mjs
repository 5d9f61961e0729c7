/**
 * Writes what makes a folder of this repository's manifest a package: `node scripts/package-model.mjs ID`, by `npm pack` itself.
 *
 * `dist/index.js` names each file of weights by `new URL('...', import.meta.url)`, which bundlers find and follow, and
 * holds the small ones itself: as files of their own they would be requests, which some bundlers turn into `data:`
 * addresses that a strict policy forbids.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup/system.mjs';

const [, , id = ''] = process.argv;
const { models } = JSON.parse(readFileSync(join(ROOT, 'weights-manifest.json'), 'utf8'));
const { url, files, ...entry } = models.find((/** @type {{ id: string }} */ model) => model.id === id);
const folder = join(ROOT, url);

const rows = files.map((/** @type {{ path: string }} */ file) => {
  if (file.path.endsWith('.json')) {
    return `  ${JSON.stringify({ ...file, text: readFileSync(join(folder, file.path), 'utf8') })},`;
  }
  return `  { ...${JSON.stringify(file)}, url: new URL('../${file.path}', import.meta.url) },`;
});

mkdirSync(join(folder, 'dist'), { recursive: true });
writeFileSync(
  join(folder, 'dist/index.js'),
  `const files = [
${rows.join('\n')}
];
export const ${id} = { ...${JSON.stringify(entry)}, files };
export default ${id};
export function ${id}At(folder) {
  const start = String(folder).replace(/\\/?$/, '/');
  return { ...${id}, files: files.map((file) => (file.text === undefined ? { ...file, url: start + file.path } : file)) };
}
`,
);
writeFileSync(
  join(folder, 'dist/index.d.ts'),
  `import type { PackagedModel } from 'stillframe';

/** ${entry.title}. Its weights lie where the bundler puts what \`new URL('...', import.meta.url)\` names. */
export declare const ${id}: PackagedModel;
export default ${id};

/** The same model with its weights in a folder of your own server: a copy of this package. */
export declare function ${id}At(folder: string | URL): PackagedModel;
`,
);
