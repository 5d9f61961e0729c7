import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { UnsupportedModelError } from '../../../src/errors.ts';
import { parseT5Config, t5ClassName } from '../../../src/models/t5/config.ts';
import { parseAutoencoderKLWanConfig } from '../../../src/models/vae/index.ts';
import { parseWanTransformerConfig } from '../../../src/models/wan/config.ts';

const shapes = async (part: string) => JSON.parse(await readFile(`models/shapes/${part}/config.json`, 'utf8'));

describe("an encoder's class", () => {
  test.each([
    ['UMT5EncoderModel'],
    ['UMT5ForConditionalGeneration'],
    ['UMT5Model'],
    null,
    undefined,
    [],
    ['T5EncoderModel'],
  ])('is that of model_type, whatever saved it: %j', async (architectures) => {
    const json = await shapes('text_encoder');
    expect(parseT5Config({ ...json, architectures }).biasPerLayer).toBe(true);
    expect(parseT5Config({ ...json, architectures, model_type: 't5' }).biasPerLayer).toBe(false);
  });

  test('is that of model_index.json before all', async () => {
    const json = await shapes('text_encoder');
    expect(parseT5Config(json, 'T5EncoderModel').biasPerLayer).toBe(false);
    expect(parseT5Config({ ...json, model_type: 't5' }, 'UMT5EncoderModel').biasPerLayer).toBe(true);
  });

  test.each([
    [{ architectures: ['UMT5ForConditionalGeneration'] }, 'UMT5EncoderModel'],
    [{ architectures: ['T5Model'] }, 'T5EncoderModel'],
    [{ model_type: 'mt5', architectures: ['UMT5EncoderModel'] }, 'T5EncoderModel'],
    [{ model_type: 'bert', architectures: ['BertModel'] }, undefined],
    [{}, undefined],
  ])('of %j is %s', (json, name) => {
    expect(t5ClassName(json)).toBe(name);
  });
});

describe('an absent key means the default of its class', () => {
  test('of UMT5Config and T5Config', () => {
    const common = { dModel: 512, dKv: 64, relativeAttentionNumBuckets: 32, relativeAttentionMaxDistance: 128 };
    const umt5 = { vocabSize: 250112, dFf: 1024, numLayers: 8, numHeads: 6 };
    const t5 = { vocabSize: 32128, dFf: 2048, numLayers: 6, numHeads: 8 };
    expect(parseT5Config({ model_type: 'umt5' })).toMatchObject({ ...common, ...umt5 });
    expect(parseT5Config({ model_type: 't5', feed_forward_proj: 'gated-gelu' })).toMatchObject({ ...common, ...t5 });
    expect(() => parseT5Config({ model_type: 't5' })).toThrow(
      /feed_forward_proj is not in config.json, which means "relu"; supported: "gated-gelu"/,
    );
  });

  test('of WanTransformer3DModel: the 14B model', () => {
    expect(parseWanTransformerConfig({})).toEqual({
      ...{ patchSize: [1, 2, 2], numAttentionHeads: 40, attentionHeadDim: 128, inChannels: 16, outChannels: 16 },
      ...{
        textDim: 4096,
        freqDim: 256,
        ffnDim: 13824,
        numLayers: 40,
        crossAttnNorm: true,
        eps: 1e-6,
        ropeMaxSeqLen: 1024,
      },
    });
    // In Python None is not an absent key: the class takes as many as come in.
    expect(parseWanTransformerConfig({ in_channels: 48, out_channels: null }).outChannels).toBe(48);
  });

  test("of AutoencoderKLWan: Wan 2.1's", () => {
    const config = parseAutoencoderKLWanConfig({});
    expect(config).toMatchObject({ baseDim: 96, decoderBaseDim: 96, zDim: 16, dimMult: [1, 2, 4, 4], numResBlocks: 2 });
    expect(config).toMatchObject({ temperalDownsample: [false, true, true], patchSize: 1, inChannels: 3 });
    expect([config.latentsMean[0], config.latentsStd[15], config.latentsMean.length]).toEqual([-0.7571, 1.916, 16]);
    expect(() => parseAutoencoderKLWanConfig({ z_dim: 48 })).toThrow(
      /latents_mean is not in config.json, which means \[-0.7571,.*; supported: a list of 48 numbers/,
    );
  });
});

test.each([
  [{ dense_act_fn: 'silu' }, /dense_act_fn is "silu"/],
  [{ is_gated_act: false }, /is_gated_act is false/],
  [{ feed_forward_proj: 'gated-silu' }, /feed_forward_proj is "gated-silu"/],
  [{ layer_norm_epsilon: Number.POSITIVE_INFINITY }, /layer_norm_epsilon is Infinity/],
])('T5 with %j is refused by name', async (keys, message) => {
  const json = await shapes('text_encoder');
  expect(() => parseT5Config({ ...json, ...keys })).toThrow(UnsupportedModelError);
  expect(() => parseT5Config({ ...json, ...keys })).toThrow(message);
});
