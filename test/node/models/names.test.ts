import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { UnsupportedModelError, WeightsError } from '../../../src/errors.ts';
import { parseT5Config } from '../../../src/models/t5/config.ts';
import { inferT5Config } from '../../../src/models/t5/infer-config.ts';
import { t5Names } from '../../../src/models/t5/names.ts';
import { parseAutoencoderKLWanConfig } from '../../../src/models/vae/config.ts';
import { inferAutoencoderKLWanConfig } from '../../../src/models/vae/infer-config.ts';
import { wanVaeNames } from '../../../src/models/vae/names.ts';
import { parseWanTransformerConfig } from '../../../src/models/wan/config.ts';
import { inferWanTransformerConfig } from '../../../src/models/wan/infer-config.ts';
import { wanTransformerNames } from '../../../src/models/wan/names.ts';
import { byClassNames, type PartNames } from '../../../src/weights/key-names.ts';
import type { TensorInfo } from '../../../src/weights/safetensors.ts';
import { type NameTable, nameTables } from '../../support/renamed-weights.ts';

const info = (name: string, shape: readonly number[]): TensorInfo => {
  return { name, shape, dtype: 'F16', file: 'file.safetensors', start: 0, end: 0 };
};
const directory = (entries: Iterable<readonly [string, readonly number[]]>) =>
  new Map([...entries].map(([name, shape]) => [name, info(name, shape)]));
const stored = (table: NameTable, prefix = '') =>
  directory(Object.entries(table).map(([name, [, shape]]) => [prefix + name, shape]));
const expected = (table: NameTable) => directory(Object.values(table));

describe.each<[keyof typeof nameTables, PartNames, string]>([
  ['transformer', wanTransformerNames, 'model.diffusion_model.'],
  ['image', wanTransformerNames, 'diffusion_model.'],
  ['vae', wanVaeNames, 'vae.'],
  ['text_encoder', t5Names, 'text_encoders.umt5xxl.transformer.'],
  ['t5encoder', t5Names, 'umt5xxl.transformer.'],
])('the names of %s', (part, names, prefix) => {
  test('come to those that the reference converters give', () => {
    expect(byClassNames('x', stored(nameTables[part]), names)).toEqual(expected(nameTables[part]));
  });

  test('are found behind a prefix, and other parts in the file are left out', () => {
    const all = new Map([...stored(nameTables[part], prefix), ['other.weight', info('other.weight', [1])]]);
    expect(byClassNames('x', all, names)).toEqual(expected(nameTables[part]));
  });

  test('of the class itself stay, also behind a prefix', () => {
    const own = expected(nameTables[part]);
    expect(byClassNames('x', own, names)).toBe(own);
    const behind = directory([...own.values()].map(({ name, shape }) => [prefix + name, shape]));
    expect(byClassNames('x', behind, names)).toEqual(own);
  });
});

test('what belongs to a module is renamed with it', () => {
  const names = ['head.modulation', 'blocks.3.cross_attn.o.scale_weight', 'blocks.12.ffn.2.scale_input'];
  const found = byClassNames('x', directory(names.map((name) => [name, [1]])), wanTransformerNames);
  expect([...found.keys()]).toEqual([
    'scale_shift_table',
    'blocks.3.attn2.to_out.0.scale_weight',
    'blocks.12.ffn.net.2.scale_input',
  ]);
});

test('a file that names a tensor in two ways is refused', () => {
  const twice = directory(
    [...stored(nameTables.transformer).values(), info('proj_out.weight', [64, 1536])].map((one) => [
      one.name,
      one.shape,
    ]),
  );
  expect(() => byClassNames('x', twice, wanTransformerNames)).toThrow(WeightsError);
  expect(() => byClassNames('x', twice, wanTransformerNames)).toThrow(/proj_out\.weight/);
});

describe('the configuration of a file without one', () => {
  const layout = JSON.parse(readFileSync('test/fixtures/wan-1.3b/layout.json', 'utf8')) as {
    parts: Record<string, { config: Record<string, unknown>; shapes: Record<string, number[]> }>;
  };
  const part = (name: string) => {
    const { config = {}, shapes = {} } = layout.parts[name] ?? {};
    return { config, tensors: directory(Object.entries(shapes)) };
  };

  test('is that of the real transformer, VAE and text encoder', () => {
    const transformer = part('transformer');
    const inferred = inferWanTransformerConfig('x', transformer.tensors);
    expect(parseWanTransformerConfig(inferred)).toEqual(parseWanTransformerConfig(transformer.config));
    const vae = part('vae');
    const inferredVae = parseAutoencoderKLWanConfig(inferAutoencoderKLWanConfig('x', vae.tensors));
    expect(inferredVae).toEqual(parseAutoencoderKLWanConfig(vae.config));
    const text = part('text_encoder');
    const inferredText = parseT5Config(inferT5Config('x', text.tensors));
    expect(inferredText).toEqual(parseT5Config(text.config));
  });

  test('is that of the small classes of the fixtures, with the heads of Wan’s own config.json', () => {
    const small = directory(Object.values(nameTables.transformer));
    expect(
      parseWanTransformerConfig(inferWanTransformerConfig('x', small, { dim: 1536, num_heads: 24 })),
    ).toMatchObject({
      numAttentionHeads: 24,
      attentionHeadDim: 64,
      numLayers: 2,
      ffnDim: 8960,
    });
    expect(parseT5Config(inferT5Config('x', directory(Object.values(nameTables.t5encoder))))).toMatchObject({
      numLayers: 2,
      biasPerLayer: true,
    });
  });

  test('names what a form asks for that is not built, and what is of another class', () => {
    const image = directory(Object.values(nameTables.image));
    expect(() => parseWanTransformerConfig(inferWanTransformerConfig('x', image))).toThrow(/added_kv_proj_dim is 256/);
    const other = directory(Object.values(nameTables.vae));
    expect(() => inferWanTransformerConfig('a.safetensors', other)).toThrow(UnsupportedModelError);
    expect(() => inferWanTransformerConfig('a.safetensors', other)).toThrow(/a\.safetensors .*patch_embedding\.weight/);
    const odd = new Map([
      ...expected(nameTables.transformer),
      ['patch_embedding.weight', info('', [200, 16, 1, 2, 2])],
    ]);
    expect(() => inferWanTransformerConfig('x', odd)).toThrow(/width of 200/);
  });
});
