import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { WeightsError } from '../../../src/errors.ts';
import { parseT5Config, type T5ClassName } from '../../../src/models/t5/config.ts';
import { T5Encoder } from '../../../src/models/t5/encoder.ts';
import { parseAutoencoderKLWanConfig, WanDecoder, WanEncoder } from '../../../src/models/vae/index.ts';
import { parseWanTransformerConfig } from '../../../src/models/wan/config.ts';
import { WanTransformer3DModel } from '../../../src/models/wan/transformer.ts';
import { type Checkpoint, openCheckpoint } from '../../../src/weights/checkpoint.ts';
import { WeightSet } from '../../../src/weights/weight-set.ts';
import { diskSource } from './support.ts';

const ROOT = new URL('../../../', import.meta.url);

type Declare = (config: Record<string, unknown>, checkpoint: Checkpoint, weights: WeightSet) => unknown;

const encoder = (className: T5ClassName): Declare => {
  return (config, checkpoint, weights) => new T5Encoder(parseT5Config(config, className), checkpoint, weights);
};
const transformer: Declare = (config, _, weights) =>
  new WanTransformer3DModel(parseWanTransformerConfig(config), weights);
const decoder: Declare = (config, _, weights) => new WanDecoder(weights, parseAutoencoderKLWanConfig(config));
const vaeEncoder: Declare = (config, _, weights) => new WanEncoder(weights, parseAutoencoderKLWanConfig(config));

/** The weights of a folder, with further tensors among them, as a model declares them. */
async function declared(folder: string, declare: Declare, more: readonly string[] = [], changes: object = {}) {
  const config = JSON.parse(await readFile(new URL(`${folder}/config.json`, ROOT), 'utf8'));
  const checkpoint = await openCheckpoint(diskSource(new URL(`${folder}/`, ROOT)), '');
  const added = more.map((name) => ({ name, dtype: 'F32', shape: [1], file: '', start: 0, end: 4 }) as const);
  const tensors = new Map([...checkpoint.tensors, ...added.map((info) => [info.name, info] as const)]);
  const all = { ...checkpoint, tensors };
  const weights = new WeightSet(all, 'stored');
  declare({ ...config, ...changes }, all, weights);
  return weights;
}

const UMT5 = 'test/fixtures/umt5';
const T5 = 'test/fixtures/t5';
const WAN = 'test/fixtures/wan-transformer';
const VAE = 'test/fixtures/wan-vae';

describe('a folder that is read whole', () => {
  test.each([
    [UMT5, encoder('UMT5EncoderModel')],
    [T5, encoder('T5EncoderModel')],
    [WAN, transformer],
    [VAE, decoder],
    ['test/fixtures/wan-vae-encode', vaeEncoder],
    ['models/shapes/text_encoder', encoder('UMT5EncoderModel')],
    ['models/shapes/transformer', transformer],
    ['models/shapes/vae', decoder],
  ])('%s: nothing is said', async (folder, declare) => {
    const weights = await declared(folder, declare);
    expect(() => weights.check()).not.toThrow();
    expect(weights.warnings).toEqual([]);
  });
});

describe('what the reference class passes over', () => {
  test.each([
    ['the tied table and a whole T5', T5, encoder('T5EncoderModel'), ['encoder.embed_tokens.weight', 'lm_head.weight']],
    ['a decoder', UMT5, encoder('UMT5EncoderModel'), ['decoder.block.7.layer.0.SelfAttention.q.weight']],
    ['norm_added_q', WAN, transformer, ['blocks.0.attn2.norm_added_q.weight']],
    ["the VAE's other half", VAE, decoder, ['encoder.conv_in.weight', 'quant_conv.bias']],
  ])('%s: nothing is said', async (_, folder, declare, more) => {
    const weights = await declared(folder, declare, more);
    expect(() => weights.check()).not.toThrow();
    expect(weights.warnings).toEqual([]);
  });
});

describe('what a class should have read, and without which the result is another', () => {
  const relativeBias = (block: number) => `encoder.block.${block}.layer.0.SelfAttention.relative_attention_bias.weight`;

  test('UMT5 as T5: its further tables', async () => {
    const weights = await declared(UMT5, encoder('T5EncoderModel'));
    expect(() => weights.check()).toThrow(WeightsError);
    expect(() => weights.check()).toThrow(
      `does not fit its config.json: ${relativeBias(1)} is there, but would not be read; ${relativeBias(2)} is there`,
    );
  });

  test.each<[string, string, Declare, string[], object?]>([
    [
      'a bias of a linear layer without one',
      UMT5,
      encoder('UMT5EncoderModel'),
      ['encoder.block.0.layer.0.SelfAttention.q.bias'],
    ],
    ['a further block', UMT5, encoder('UMT5EncoderModel'), ['encoder.block.3.layer.1.layer_norm.weight']],
    ["a norm's bias", WAN, transformer, ['blocks.1.attn1.norm_q.bias']],
    ['the scale of a quantised layer', WAN, transformer, ['blocks.0.ffn.net.2.weight_scale']],
    ['a LoRA that was not fused', WAN, transformer, ['blocks.0.attn1.to_q.lora_A.default.weight']],
    ['keys of a picture', WAN, transformer, ['blocks.0.attn2.add_k_proj.weight']],
    ['norm_added_k', WAN, transformer, ['blocks.0.attn2.norm_added_k.weight']],
    ['an embedding of a picture', WAN, transformer, ['condition_embedder.image_embedder.norm1.weight']],
    ['a further level of a VAE', VAE, decoder, ['decoder.up_blocks.4.resnets.0.conv1.weight']],
    ['a way up in time', VAE, decoder, ['decoder.up_blocks.2.upsamplers.0.time_conv.weight']],
  ])('%s', async (_, folder, declare, more, changes) => {
    const weights = await declared(folder, declare, more, changes);
    expect(() => weights.check()).toThrow(WeightsError);
    expect(() => weights.check()).toThrow(`${more[0]} is there, but would not be read`);
  });

  test('blocks beyond num_layers, the first few named', async () => {
    const weights = await declared(WAN, transformer, [], { num_layers: 2 });
    expect(() => weights.check()).toThrow(/blocks\.2\.\S+ is there, but would not be read; .*; and \d+ more\./);
  });

  test('the norm that cross_attn_norm turns off', async () => {
    const weights = await declared(WAN, transformer, [], { cross_attn_norm: false });
    expect(() => weights.check()).toThrow(/blocks\.0\.norm2\.\S+ is there, but would not be read/);
  });
});

test('other weights are warned of, the first few by name', async () => {
  const gates = ['blocks.0.to_gate_compress.weight', 'blocks.0.to_gate_compress.bias', 'rope.freqs'];
  const some = await declared(WAN, transformer, gates);
  expect(() => some.check()).not.toThrow();
  expect(some.warnings).toEqual([
    expect.stringContaining(`weights that its class does not read: ${gates.join(', ')}.`),
  ]);
  const many = await declared(WAN, transformer, [...gates, 'a.x', 'b.x', 'c.x', 'd.x']);
  expect(many.warnings[0]).toMatch(/: blocks\.0\.to_gate_compress\.weight, .*, b\.x, and 2 more\.$/);
});
