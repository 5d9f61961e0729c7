import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  inspectModel,
  type ModelParts,
  noStore,
  OptionError,
  sourceFromFiles,
  UnsupportedModelError,
  type WeightSource,
} from '../../../src/index.ts';
import { resolveModel } from '../../../src/pipeline/resolve.ts';
import { openCheckpoint } from '../../../src/weights/checkpoint.ts';
import { readBytes } from '../../../src/weights/read.ts';
import { fakeDevice } from '../../support/fake-device.ts';
import { type GgufTensor, ggufFile } from '../../support/gguf.ts';
import { modelFiles } from '../../support/model-files.ts';
import { nameTables, otherName, renameTensors } from '../../support/renamed-weights.ts';
import { serve, type TestServer } from '../weights/support.ts';

const files = await modelFiles('shapes');
const open = { device: fakeDevice(), store: noStore };
const one = (path: string) => files.find(({ name }) => name === `shapes/${path}`) as File;

/** A part's weights as another program saves them. */
async function renamed(path: string, name: string, rename: (own: string) => string): Promise<File> {
  return new File([renameTensors(new Uint8Array(await one(path).arrayBuffer()), rename)], name);
}

/** The embedded model in parts: its 64 wide heads are not Wan's, so that its transformer has a folder. */
let parts: ModelParts & { readonly vae: File; readonly textEncoder: File };
let server: TestServer | undefined;

beforeAll(async () => {
  const { transformer, text_encoder } = nameTables;
  const weights = 'diffusion_pytorch_model.safetensors';
  const file = await renamed(
    `transformer/${weights}`,
    'wan_fp16.safetensors',
    (own) => `model.diffusion_model.${otherName(transformer, own)}`,
  );
  parts = {
    transformer: [new File([await one('transformer/config.json').arrayBuffer()], 'config.json'), file],
    vae: await renamed(`vae/${weights}`, 'wan_vae.safetensors', (own) => `vae.${own}`),
    textEncoder: await renamed('text_encoder/model.safetensors', 'umt5.safetensors', (own) =>
      otherName(text_encoder, own),
    ),
    tokenizer: await Promise.all(
      ['tokenizer.json', 'tokenizer_config.json'].map(async (name) => {
        return new File([await one(`tokenizer/${name}`).arrayBuffer()], name);
      }),
    ),
    scheduler: one('scheduler/scheduler_config.json'),
  };
});
afterEach(() => server?.close());

describe('a model in parts', () => {
  test('is the model of the folder, whatever its tensors are called', async () => {
    const whole = await inspectModel(sourceFromFiles(files), open);
    const { id, ...info } = await inspectModel(parts, open);
    expect({ ...info, id: whole.id }).toEqual(whole);
    expect(id).toBe('The choice of 2 files');
  });

  test('may have its text encoder in GGUF, by llama.cpp’s names', async () => {
    const stored = await openCheckpoint(sourceFromFiles(files), 'text_encoder');
    const tensors: GgufTensor[] = [];
    await stored.stream(
      () => true,
      ({ name, shape }, bytes) =>
        void tensors.push({ name: otherName(nameTables.t5encoder, name), axes: [...shape].reverse(), type: 1, bytes }),
    );
    const file = ggufFile(tensors, { 'general.architecture': 't5encoder' });
    const info = await inspectModel({ ...parts, textEncoder: new File([file], 'umt5-F16.gguf') }, open);
    expect(info.parts).toEqual((await inspectModel(parts, open)).parts);
  });

  test('has Wan’s sampler and the tokenizer’s usual settings where those are left out', async () => {
    const { scheduler, ...rest } = parts;
    const tokenizer = new File([await one('tokenizer/tokenizer.json').arrayBuffer()], 'my-tokenizer.json');
    const info = await inspectModel({ ...rest, tokenizer }, open);
    expect(info.defaults.sampler).toBe('unipc');
  });

  test('may come from servers: files by their addresses, folders of a part, whole models with it', async () => {
    const bytes = async (file: File) => new Uint8Array(await file.arrayBuffer());
    const all = await Promise.all(files.map(async (file) => [file.name, await bytes(file)] as const));
    server = await serve({ ...Object.fromEntries(all), 'a b.safetensors': await bytes(parts.vae) });
    const { url } = server;
    const info = await inspectModel(
      {
        transformer: `${url}shapes/`,
        vae: `${url}a%20b.safetensors?key=1`,
        textEncoder: new URL('shapes/text_encoder/', url),
        tokenizer: `${url}shapes/tokenizer`,
      },
      open,
    );
    expect(info.parts).toEqual((await inspectModel(sourceFromFiles(files), open)).parts);
    const beside = await inspectModel(
      { transformer: `${url}shapes/`, vae: `${url}shapes/`, textEncoder: `${url}shapes/` },
      open,
    );
    expect(beside.parts).toEqual(info.parts);
  });

  test('is refused from headers, by file and tensor, when a file is given as another part', async () => {
    const wrong = inspectModel({ ...parts, transformer: parts.vae }, open);
    await expect(wrong).rejects.toThrow(UnsupportedModelError);
    await expect(wrong).rejects.toThrow(
      /transformer has no config\.json, and is no WanTransformer3DModel .*patch_embed/,
    );
    await expect(inspectModel({ ...parts, vae: parts.textEncoder }, open)).rejects.toThrow(/is no AutoencoderKLWan/);
  });

  test('says which part is missing or unknown', async () => {
    const { vae, tokenizer, ...rest } = parts;
    const load = (given: object) => inspectModel(given as ModelParts, open);
    await expect(load(rest)).rejects.toThrow(OptionError);
    await expect(load(rest)).rejects.toThrow(/has no vae/);
    await expect(load({ vae })).rejects.toThrow(/has no transformer/);
    await expect(load({ ...rest, vae })).rejects.toThrow(/no tokenizer.*\n?.*tokenizer\.json/);
    await expect(load({ ...parts, text_encoder: vae })).rejects.toThrow(/no part "text_encoder"/);
    const two = [vae, new File([], 'b.safetensors')];
    await expect(load({ ...parts, vae: two })).rejects.toThrow(
      /2 files of weights.*wan_vae\.safetensors, b\.safetensors/,
    );
  });

  test('may lack its text encoder', async () => {
    const { textEncoder, tokenizer, ...rest } = parts;
    const info = await inspectModel(rest, open);
    expect(info.parts.map(({ name }) => name)).toEqual(['transformer', 'vae']);
  });
});

describe('a string as a model', () => {
  const addressOf = async (model: string) => ((await resolveModel(model, undefined)).source as WeightSource).label;

  test('with one slash inside is a hub id, with a revision behind @', async () => {
    expect(await addressOf('Wan-AI/Wan2.1-T2V-1.3B-Diffusers')).toBe(
      'https://huggingface.co/Wan-AI/Wan2.1-T2V-1.3B-Diffusers/resolve/main/',
    );
    expect(await addressOf('owner/name@refs/pr/1')).toBe('https://huggingface.co/owner/name/resolve/refs%2Fpr%2F1/');
    expect(await addressOf('owner/name@0fad780a534b6463e45facd96134c9f345acfa5b')).toMatch(/resolve\/0fad780a5/);
  });

  test('else with a slash is an address', async () => {
    for (const model of ['https://a.b/c/d', 'http://a.b/c']) expect(await addressOf(model)).toBe(`${model}/`);
    for (const model of ['./owner/name', 'owner/name/', '../a/b', 'a/b/c', '/a/b', 'owner/name@']) {
      await expect(resolveModel(model, undefined), model).rejects.toThrow(/is no address where there is no page/);
    }
  });

  test('keeps the files of one model apart', async () => {
    server = await serve({ 'a.json': new TextEncoder().encode('{}') });
    const { source } = await resolveModel(
      { transformer: `${server.url}a.json`, vae: `${server.url}a.json` },
      undefined,
    );
    await expect(readBytes(source, 'vae/b.json')).rejects.toThrow(/a\.json is one file, without b\.json/);
    await expect(readBytes(source, 'text_encoder/config.json')).rejects.toThrow(/no text_encoder\/config\.json/);
  });
});
