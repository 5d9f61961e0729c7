import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { UnsupportedModelError } from '../../../src/errors.ts';
import { parseAutoencoderKLConfig, pixelsPerLatent } from '../../../src/models/autoencoder-kl/index.ts';
import { innerDim, parseDiTTransformer2DConfig } from '../../../src/models/dit/config.ts';

type Json = Record<string, unknown>;

const json = async (folder: string) =>
  JSON.parse(await readFile(`test/fixtures/${folder}/config.json`, 'utf8')) as Json;

describe('config.json of DiTTransformer2DModel', () => {
  test('absent keys mean what they do in diffusers: DiT-XL/2', () => {
    const config = parseDiTTransformer2DConfig({});
    expect(innerDim(config)).toBe(1152);
    expect(config).toMatchObject({ numLayers: 28, sampleSize: 32, patchSize: 2, numEmbedsAdaNorm: 1000 });
    expect(config).toMatchObject({ inChannels: 4, outChannels: 4, attentionBias: true, normEps: 1e-5 });
  });

  test('what is not absent is taken', async () => {
    const config = parseDiTTransformer2DConfig(await json('dit-transformer-patch4'));
    expect(config).toMatchObject({ attentionBias: false, normEps: 1e-3, outChannels: 3, patchSize: 4 });
  });

  test.each<Json>([
    { norm_type: 'ada_norm_single' },
    { activation_fn: 'geglu' },
    { norm_elementwise_affine: true },
    { attention_head_dim: 6 },
    { out_channels: 12 },
    { sample_size: 9 },
    { num_embeds_ada_norm: 0 },
  ])('%j is not supported', async (change) => {
    const changed = { ...(await json('dit-transformer')), ...change };
    expect(() => parseDiTTransformer2DConfig(changed)).toThrow(UnsupportedModelError);
    expect(() => parseDiTTransformer2DConfig(changed)).toThrow(Object.keys(change)[0]);
  });
});

describe('config.json of AutoencoderKL', () => {
  test('a latent is as many pixels as there are ways up', async () => {
    expect(pixelsPerLatent(parseAutoencoderKLConfig(await json('sd-vae')))).toBe(2);
    expect(pixelsPerLatent(parseAutoencoderKLConfig(await json('sd-vae-wide')))).toBe(4);
    expect(parseAutoencoderKLConfig({})).toMatchObject({ blockOutChannels: [64], scalingFactor: 0.18215 });
    expect(() => parseAutoencoderKLConfig({ block_out_channels: [128, 256] })).toThrow(/up_block_types is not in/);
  });

  test.each<Json>([
    { out_channels: 1 },
    { act_fn: 'relu' },
    { shift_factor: 0.1 },
    { latents_mean: [0, 0, 0, 0] },
    { latents_std: [1, 1, 1, 1] },
    { up_block_types: ['UpDecoderBlock2D', 'AttnUpDecoderBlock2D'] },
    { up_block_types: ['UpDecoderBlock2D'] },
    { block_out_channels: [32, 60] },
    { block_out_channels: [512, 1024] },
    { norm_num_groups: 7 },
  ])('%j is not supported', async (change) => {
    const changed = { ...(await json('sd-vae')), ...change };
    expect(() => parseAutoencoderKLConfig(changed)).toThrow(UnsupportedModelError);
    const named = Object.keys(change)[0] === 'norm_num_groups' ? 'block_out_channels' : Object.keys(change)[0];
    expect(() => parseAutoencoderKLConfig(changed)).toThrow(named);
  });

  test('without attention the last level may be wider', async () => {
    const wide = { ...(await json('sd-vae')), block_out_channels: [512, 1024], mid_block_add_attention: false };
    expect(parseAutoencoderKLConfig(wide).blockOutChannels).toEqual([512, 1024]);
  });
});
