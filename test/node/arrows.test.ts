import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** Folders of `src`, each of which may import those before it. */
const LAYERS = [
  'gpu',
  'ops',
  'weights',
  'models',
  'samplers',
  'text',
  'cache',
  'executor',
  'video',
  'pipeline',
  'conformance',
];

/** What stands beside the folders, for all of them. */
const COMMON = ['errors.ts', 'lazy.ts', 'report.ts', 'wgsl.d.ts'];

/** By file, the files that it imports as it is loaded; what it loads later is none of these. */
const imports = new Map(
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const source = readFileSync(join('src', file), 'utf8');
      const found = [...source.matchAll(/\bfrom '(\.[^']+\.ts)'/g)];
      return [file, found.map(([, path = '']) => normalize(join(dirname(file), path)))];
    }),
);

const layer = (file: string) => LAYERS.indexOf(file.split('/')[0] as string);

test('arrows between folders point one way', () => {
  expect(imports.size).toBeGreaterThan(100);
  const wrong = [...imports].flatMap(([file, others]) =>
    others
      .filter((other) => !COMMON.includes(other) && layer(file) >= 0 && layer(other) > layer(file))
      .map((other) => `${file} -> ${other}`),
  );
  expect(wrong).toEqual([]);
});

test('what decides and what carries it out know no class of models', () => {
  const wrong = [...imports].flatMap(([file, others]) =>
    ['cache', 'executor'].includes(file.split('/')[0] as string)
      ? others.filter((other) => /^models\/.+\//.test(other)).map((other) => `${file} -> ${other}`)
      : [],
  );
  expect(wrong).toEqual([]);
});

test('no files import each other in a circle', () => {
  /** Files whose imports have been followed to the end, and those being followed. */
  const [done, path] = [new Set<string>(), [] as string[]];
  const circles: string[] = [];
  const follow = (file: string): void => {
    if (done.has(file)) return;
    if (path.includes(file)) {
      circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    path.push(file);
    for (const other of imports.get(file) ?? []) follow(other);
    path.pop();
    done.add(file);
  };
  for (const file of imports.keys()) follow(file);
  expect(circles).toEqual([]);
});
