import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Capabilities } from '../../../src/gpu/capabilities.ts';
import { readClasses } from '../../../src/pipeline/dit/classes.ts';
import { openFamily } from '../../../src/pipeline/dit.ts';
import { samplerFromConfig } from '../../../src/samplers/index.ts';
import type { WeightSource } from '../../../src/weights/source.ts';
import { diskSource } from '../weights/support.ts';

type Json = Record<string, unknown>;

const FOLDER = 'test/fixtures/dit-pipeline';

/** The folder, with some JSON files changed. */
function folder(changes: Readonly<Record<string, Json>>): WeightSource {
  const disk = diskSource(new URL(`../../../${FOLDER}/`, import.meta.url));
  return {
    ...disk,
    async open(path, range, signal) {
      const changed = changes[path];
      if (!changed) return disk.open(path, range, signal);
      const json = { ...JSON.parse(await readFile(`${FOLDER}/${path}`, 'utf8')), ...changed };
      const blob = new Blob([JSON.stringify(json)]);
      const stream = blob.slice(range?.start, range?.end).stream();
      return { stream, start: range?.start ?? 0, totalBytes: blob.size, origin: 'disk' };
    },
  };
}

/** Opens it; what is changed of `model_index.json` is `index`. */
async function open(changes: Readonly<Record<string, Json>> = {}, index: Json = {}) {
  const whole = { ...JSON.parse(await readFile(`${FOLDER}/model_index.json`, 'utf8')), ...index };
  const capabilities = { software: false } as Capabilities;
  return openFamily({ source: folder(changes) }, whole, { precision: 'stored', capabilities });
}

const TRANSFORMER = 'transformer/config.json';
const VAE = 'vae/config.json';
const SCHEDULER = 'scheduler/scheduler_config.json';

test('the folder opens without a warning: the encoder of its VAE is not read, and that is right', async () => {
  const { warnings, parts } = await open();
  expect(warnings).toEqual([]);
  expect(parts.map(({ name, className }) => [name, className])).toEqual([
    ['transformer', 'Transformer2DModel'],
    ['vae', 'AutoencoderKL'],
  ]);
});

describe('what is not built, or does not fit, is refused by name', () => {
  test.each([
    [
      'a transformer of another form',
      { [TRANSFORMER]: { norm_type: 'ada_norm_single' } },
      /norm_type is "ada_norm_single"/,
    ],
    ['a VAE of other channels', { [VAE]: { latent_channels: 8 } }, /does not fit its config.json/],
    ['a shift of latents', { [VAE]: { shift_factor: 0.1159 } }, /shift_factor is 0.1159/],
    ['latents normalised by channel', { [VAE]: { latents_mean: [0, 0, 0, 0] } }, /latents_mean is \[0,0,0,0\]/],
    [
      'no convolution where the file has one',
      { [VAE]: { use_post_quant_conv: false } },
      /post_quant_conv\S* is there, but would not be read/,
    ],
    [
      'no attention where the file has one',
      { [VAE]: { mid_block_add_attention: false } },
      /attentions\S* is there, but would not be read/,
    ],
    ['fewer blocks than the file has', { [TRANSFORMER]: { num_layers: 1 } }, /transformer_blocks\.1\S* is there, but/],
    ['other groups of norms', { [VAE]: { norm_num_groups: 3 } }, /block_out_channels is \[8,16\]/],
    ['a head that is no multiple of 4', { [TRANSFORMER]: { attention_head_dim: 18 } }, /attention_head_dim is 18/],
  ])('%s', async (_, changes, message) => {
    await expect(open(changes)).rejects.toThrow(message);
  });

  test.each([
    ['transformer', 'PixArtTransformer2DModel'],
    ['vae', 'AutoencoderDC'],
  ])('%s of the class %s', async (name, className) => {
    await expect(open({}, { [name]: ['diffusers', className] })).rejects.toThrow(
      `model_index.json names ${className} as ${name}; supported: `,
    );
  });

  test('a transformer and a VAE that do not fit each other', async () => {
    const other = folder({});
    const plain = diskSource(new URL('../../fixtures/sd-vae-wide/', import.meta.url));
    const mixed: WeightSource = {
      ...other,
      open: (path, range, signal) =>
        path.startsWith('vae/') ? plain.open(path.slice(4), range, signal) : other.open(path, range, signal),
    };
    const index = JSON.parse(await readFile(`${FOLDER}/model_index.json`, 'utf8'));
    const capabilities = { software: false } as Capabilities;
    await expect(openFamily({ source: mixed }, index, { precision: 'stored', capabilities })).rejects.toThrow(
      "takes 4 channels, the VAE's latents have 16",
    );
  });
});

describe('the scheduler', () => {
  test.each([
    [{ clip_sample: true }, /clip_sample is true/],
    [{ clip_sample: undefined }, /clip_sample is not in scheduler_config.json, which means true/],
    [{ thresholding: true }, /thresholding is true/],
    [{ prediction_type: 'flow_prediction' }, /prediction_type is "flow_prediction"/],
    [{ timestep_spacing: 'karras' }, /timestep_spacing is "karras"/],
    [{ steps_offset: -1 }, /steps_offset is -1/],
  ])('with %j opens, and is refused when a run takes it', async (change, message) => {
    const { scheduler } = await open({ [SCHEDULER]: change });
    expect(() => samplerFromConfig(scheduler)).toThrow(message);
  });

  test.each([
    [{ set_alpha_to_one: false, steps_offset: 1 }, [831, 1]],
    [{ timestep_spacing: 'trailing' }, [999, 166]],
    [{ timestep_spacing: 'linspace', prediction_type: 'sample' }, [999, 0]],
  ])('with %j runs', async (change, [first, last]) => {
    const { scheduler } = await open({ [SCHEDULER]: change });
    const { timesteps } = samplerFromConfig(scheduler).create(6);
    expect([timesteps[0], timesteps.at(-1)]).toEqual([first, last]);
  });
});

test("names are those of diffusers' DiTPipeline; others than of classes are left out", () => {
  const names = (id2label: unknown) => readClasses({ id2label }, 10).names;
  expect(names({ 1: 'crane', 2: ' house finch,linnet ', 3: 'crane', 10: 'none', x: 'odd' })).toEqual({
    crane: 3,
    'house finch': 2,
    linnet: 2,
  });
  expect(names(undefined)).toEqual({});
  expect(names(null)).toEqual({});
});
