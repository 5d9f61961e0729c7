import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { OptionError } from '../../../src/errors.ts';
import { openCheckpoint } from '../../../src/weights/checkpoint.ts';
import {
  MissingFileError,
  sourceFromDirectory,
  sourceFromFiles,
  sourceFromUrl,
  type WeightSource,
} from '../../../src/weights/source.ts';
import { checkVariant } from '../../../src/weights/weight-names.ts';
import { directory, f32, listed, safetensors, serve, type TestServer } from './support.ts';

const names = new URL('../../fixtures/variants/names.json', import.meta.url);
/** What diffusers and transformers write: `test/fixtures/variants/make.py`. */
const { saved } = JSON.parse(await readFile(names, 'utf8')) as {
  saved: { class: string; variant: string | null; files: string[] }[];
};

type Files = Record<string, Uint8Array<ArrayBuffer>>;

/** Files with these names: a tensor in each .safetensors, named after its file, and the index that says so. */
function written(files: readonly string[], folder = 'part'): Files {
  const shards = files.filter((name) => name.endsWith('.safetensors'));
  const index = JSON.stringify({ weight_map: Object.fromEntries(shards.map((name) => [name, name])) });
  const content = (name: string) =>
    shards.includes(name) ? safetensors([f32(name, [1], [7])]) : new TextEncoder().encode(index);
  return Object.fromEntries(files.map((name) => [`${folder}/${name}`, content(name) as Uint8Array<ArrayBuffer>]));
}

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const asFiles = (files: Files) => Object.entries(files).map(([path, bytes]) => new File([bytes], `m/${path}`));
const SOURCES: [string, (files: Files) => Promise<WeightSource>][] = [
  ['chosen files', async (files) => sourceFromFiles([...asFiles(files), new File([], 'm/model_index.json')])],
  [
    'a directory',
    async (files) =>
      sourceFromDirectory(directory('m', Object.fromEntries(asFiles(files).map((file) => [file.name.slice(2), file])))),
  ],
  [
    'a server',
    async (files) => {
      server = await serve(files);
      return sourceFromUrl(server.url);
    },
  ],
];

describe.each(SOURCES)('the weights of %s', (kind, sourceOf) => {
  const tensorsOf = async (files: readonly string[], variant?: string) => {
    const { tensors, ...found } = await openCheckpoint(await sourceOf(written(files)), 'part', { variant });
    return { names: [...tensors.keys()].sort(), variant: found.variant };
  };
  const inOrder = (files: readonly string[]) => files.filter((name) => name.endsWith('.safetensors')).sort();

  it.each(saved)('are found as $class writes them with variant $variant: $files', async ({ variant, files }) => {
    const expected = { names: inOrder(files), variant: variant ?? undefined };
    expect(await tensorsOf(files, variant ?? undefined)).toEqual(expected);
    // By itself, too: all names where the files can be listed, the usual ones where they cannot.
    if (kind !== 'a server' || variant !== 'bf16.ema') expect(await tensorsOf(files)).toEqual(expected);
  });

  it('are found by the names that diffusers wrote before 0.31', async () => {
    const shards = [1, 2].map((n) => `diffusion_pytorch_model-0000${n}-of-00002.fp16.safetensors`);
    const files = [...shards, 'diffusion_pytorch_model.safetensors.fp16.index.json'];
    expect(await tensorsOf(files)).toEqual({ names: shards, variant: 'fp16' });
    expect(await tensorsOf(files, 'fp16')).toEqual({ names: shards, variant: 'fp16' });
  });

  it('are the plain ones where there are both, unless the variant is asked for', async () => {
    const both = ['model.safetensors', 'model.fp16.safetensors'];
    expect(await tensorsOf(both)).toEqual({ names: ['model.safetensors'], variant: undefined });
    expect(await tensorsOf(both, 'fp16')).toEqual({ names: ['model.fp16.safetensors'], variant: 'fp16' });
    expect(await tensorsOf(both, 'bf16')).toEqual({ names: ['model.safetensors'], variant: undefined });
  });

  it('miss a shard by its own name', async () => {
    const files = ['model.fp16-00001-of-00002.safetensors', 'model.safetensors.index.fp16.json'];
    const all = written([...files, 'model.fp16-00002-of-00002.safetensors', 'model.bf16.safetensors']);
    delete all['part/model.fp16-00002-of-00002.safetensors'];
    const opened = openCheckpoint(await sourceOf(all), 'part', { variant: 'fp16' });
    await expect(opened).rejects.toThrow(/model\.fp16-00002-of-00002\.safetensors/);
  });
});

describe('a choice that is left open', () => {
  const TWO = written(['model.fp16.safetensors', 'model.bf16.safetensors', 'config.json']);
  const [[, files]] = SOURCES as [(typeof SOURCES)[0]];

  it.each([undefined, 'fp61'])('is refused, with what is there: variant %s', async (variant) => {
    const opened = openCheckpoint(await files(TWO), 'part', { variant });
    await expect(opened).rejects.toThrow(OptionError);
    await expect(opened).rejects.toThrow(/m: part holds its weights only as bf16, fp16\..*Pass variant: "bf16", say\./);
  });

  it('is one of the one variant there is, too, when another is asked for', async () => {
    const source = await files(written(['model.fp16.safetensors']));
    await expect(openCheckpoint(source, 'part', { variant: 'fp61' })).rejects.toThrow(
      /only as fp16\. variant is "fp61"/,
    );
  });

  it('is told of a server by the usual names', async () => {
    server = await serve(written(['model.bf16.safetensors']));
    const opened = openCheckpoint(sourceFromUrl(server.url), 'part', { variant: 'fp61' });
    await expect(opened).rejects.toThrow(OptionError);
    await expect(opened).rejects.toThrow(
      /part holds its weights only as bf16\. variant is "fp61"\. Pass variant: "bf16"\./,
    );
  });

  it('is none in a manifest: only what it lists is tried', async () => {
    server = await serve(TWO);
    const manifest = Object.entries(TWO).map(([path, bytes]) => listed(path, bytes));
    const { url } = server;
    const open = (options: object) => openCheckpoint(sourceFromUrl(url), 'part', options);
    await expect(open({ files: manifest })).rejects.toThrow(/only as bf16, fp16/);
    const { variant } = await open({ files: manifest.slice(0, 1) });
    expect(variant).toBe('fp16');
    expect(server.requests.every(({ path }) => path === 'part/model.fp16.safetensors')).toBe(true);
  });

  it('is missing weights where there are none, with what is there', async () => {
    const none = openCheckpoint(await files(written(['model.fp16.bin', 'config.json'])), 'part');
    await expect(none).rejects.toThrow(MissingFileError);
    await expect(none).rejects.toThrow(/m: part holds none of .*; it holds model\.fp16\.bin, config\.json\./);
    server = await serve({});
    await expect(openCheckpoint(sourceFromUrl(server.url), 'part')).rejects.toThrow(MissingFileError);
  });
});

it.each(['', '.fp16', 'a/b', '../x', 'fp16 ', 16])('refuses variant %j', (variant) => {
  expect(() => checkVariant(variant as string)).toThrow(OptionError);
  for (const good of ['fp16', 'non_ema', 'bf16.ema', undefined]) expect(() => checkVariant(good)).not.toThrow();
});
