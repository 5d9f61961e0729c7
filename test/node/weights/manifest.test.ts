import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import Ajv from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { WeightsError } from '../../../src/errors.ts';
import { parseManifest } from '../../../src/weights/manifest.ts';

const ROOT = new URL('../../../', import.meta.url);
const readJson = async (path: string): Promise<unknown> => JSON.parse(await readFile(new URL(path, ROOT), 'utf8'));

const committed = await readJson('weights-manifest.json');
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  (await readJson('docs/weights-manifest.schema.json')) as object,
);

/** The committed manifest with one field of its first model set. */
function edited(path: string, value: unknown): unknown {
  const manifest = structuredClone(committed) as { models: object[] };
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let target = manifest.models[0] as Record<string, unknown>;
  for (const key of keys) target = target[key] as Record<string, unknown>;
  target[last] = value;
  return manifest;
}

describe('weights-manifest.json', () => {
  it('is valid by its schema and by parseManifest', () => {
    expect(validate(committed), JSON.stringify(validate.errors)).toBe(true);
    expect(parseManifest(committed).models.map((model) => model.id)).toContain('shapes');
  });

  it('matches the files on disk: run `node scripts/manifest.mjs`', async () => {
    for (const { url, files } of parseManifest(committed).models.filter((model) => !URL.canParse(model.url))) {
      const folder = new URL(url, ROOT);
      for (const { path, bytes, sha256 } of files) {
        const content = await readFile(new URL(path, folder));
        expect({ path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }).toEqual({
          path,
          bytes,
          sha256,
        });
      }
      const onDisk = (await readdir(folder, { recursive: true })).filter(
        (path) => /\.(json|safetensors)$/.test(path) && path !== 'package.json',
      );
      expect(files.map((file) => file.path)).toEqual(onDisk.sort());
    }
  });
});

describe('parseManifest and the schema', () => {
  it.each<[string, unknown, RegExp]>([
    ['id', 'Two Words', /models\[0\]\.id is "Two Words"/],
    ['title', undefined, /models\[0\]\.title is undefined/],
    ['license', '', /license is ""/],
    ['url', 'models/shapes', /url is "models\/shapes"/],
    ['files', {}, /models\[0\]\.files is {}, not a list/],
    ['files.0.path', '../x.json', /models\[0\]\.files\[0\]\.path/],
    ['files.0.path', '/x.json', /path is "\/x\.json"/],
    ['files.0.path', 'a/../x.json', /path/],
    ['files.0.bytes', 1.5, /files\[0\]\.bytes is 1\.5, not a whole number from 0 on/],
    ['files.0.sha256', 'ABC', /files\[0\]\.sha256/],
    ['files.0', null, /models\[0\]\.files\[0\] is null, not an object/],
    ['defaults', [], /models\[0\]\.defaults is \[\], not an object/],
    ['defaults.steps', 0, /defaults\.steps is 0, not a whole number from 1 on/],
    ['defaults.guidanceScale', '4', /guidanceScale is "4", not a number from 1 on/],
    ['defaults.sampler', '', /defaults\.sampler/],
    ['defaults.fps', 0, /defaults\.fps is 0, not a number above 0, up to 240/],
    ['defaults.fps', '24', /fps is "24"/],
    ['presets', { bwcache: { fast: { threshold: [1] } } }, /presets\.bwcache\.fast\.threshold is \[1\]/],
    ['presets', { bwcache: 1 }, /presets\.bwcache is 1, not an object/],
  ])('refuse %s = %j', (path, value, message) => {
    const manifest = edited(path, value);
    expect(() => parseManifest(manifest)).toThrow(WeightsError);
    expect(() => parseManifest(manifest)).toThrow(message);
    expect(validate(JSON.parse(JSON.stringify(manifest)))).toBe(false);
  });

  it('accept presets, and file names with dots', () => {
    for (const manifest of [
      edited('presets', { bwcache: { fast: { threshold: 0.15, tail: true } } }),
      edited('files.0.path', '.hidden/..two/a.b.json'),
      edited('defaults.fps', undefined),
      edited('defaults.fps', 23.976),
    ]) {
      expect(() => parseManifest(manifest)).not.toThrow();
      expect(validate(manifest)).toBe(true);
    }
  });

  it('refuses what is not a manifest, and an id given twice', () => {
    expect(() => parseManifest(null)).toThrow(/the manifest is null/);
    expect(() => parseManifest({})).toThrow(/the manifest\.models is undefined/);
    const { models } = committed as { models: object[] };
    expect(() => parseManifest({ models: [models[0], models[0]] })).toThrow(/id "shapes" twice/);
  });
});
