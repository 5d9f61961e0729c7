import { createHash } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { SourceError } from '../../../src/errors.ts';
import { resolveModel } from '../../../src/pipeline/resolve.ts';
import type { PackagedModel } from '../../../src/weights/packaged.ts';
import { exists, MissingFileError, readBytes, readJson } from '../../../src/weights/source.ts';

const file = (path: string, text: string) => ({
  path,
  bytes: text.length,
  sha256: createHash('sha256').update(text).digest('hex'),
});
const model: PackagedModel = {
  id: 'tiny',
  title: 'Tiny',
  license: 'MIT',
  pipeline: 'WanPipeline',
  files: [
    { ...file('model_index.json', '{"a":1}'), text: '{"a":1}' },
    { ...file('vae/w.safetensors', 'weights'), url: new URL('https://host/assets/w-1b9d.safetensors') },
    { ...file('vae/config.json', '{}'), url: 'https://host/assets/config-77.json' },
  ],
  defaults: { width: 64, height: 64, frames: 1, steps: 1, guidanceScale: 1, sampler: 'unipc' },
  presets: { bwcache: { fast: { threshold: 1 } } },
};

/** Answers everything under `/assets/w`. */
function web(): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (input: URL) => {
    asked.push(input.href);
    return input.href.includes('/assets/w') ? new Response('weights') : new Response(null, { status: 404 });
  });
  return asked;
}
afterEach(() => vi.unstubAllGlobals());

test("a package's model is read from its own addresses, and small files from the package", async () => {
  const asked = web();
  const { source, ...said } = await resolveModel(model, undefined);
  expect(said).toEqual({
    id: 'tiny',
    className: 'WanPipeline',
    files: model.files,
    defaults: model.defaults,
    presets: model.presets,
  });
  expect(await readJson(source, 'model_index.json')).toEqual({ a: 1 });
  expect(new TextDecoder().decode(await readBytes(source, 'model_index.json', { start: 1, end: 4 }))).toBe('"a"');
  expect(asked).toEqual([]);
  expect(new TextDecoder().decode(await readBytes(source, 'vae/w.safetensors'))).toBe('weights');
  expect(asked).toEqual(['https://host/assets/w-1b9d.safetensors']);
});

test('what it does not list is not there, without a request', async () => {
  const asked = web();
  const { source } = await resolveModel(model, undefined);
  expect(await exists(source, 'vae/w.fp16.safetensors')).toBe(false);
  expect(await source.list?.('')).toEqual(['model_index.json']);
  expect(await source.list?.('vae')).toEqual(['w.safetensors', 'config.json']);
  expect(await source.list?.('va')).toEqual([]);
  expect(asked).toEqual([]);
});

test('files that the build left behind are told from files that a model does not have', async () => {
  web();
  const { source } = await resolveModel(model, undefined);
  const failure = readJson(source, 'vae/config.json');
  await expect(failure).rejects.toThrow(SourceError);
  await expect(failure).rejects.not.toThrow(MissingFileError);
  await expect(failure).rejects.toThrow(/config-77\.json is not there.*package's folder on your server/);
});
