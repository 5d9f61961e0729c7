import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { UnsupportedModelError } from '../../../src/errors.ts';
import { openCheckpoint } from '../../../src/weights/checkpoint.ts';
import { decode } from '../../../src/weights/formats.ts';
import { sourceFromFiles } from '../../../src/weights/source.ts';
import { WeightSet } from '../../../src/weights/weight-set.ts';
import { f32, safetensors, type TestTensor } from './support.ts';

const fixture = new Uint8Array(readFileSync('test/fixtures/formats/fp8.safetensors'));
const opened = (bytes: Uint8Array<ArrayBuffer>) =>
  openCheckpoint(sourceFromFiles([new File([bytes], 'model.safetensors')]), '');
const checkpoint = await opened(fixture);

/** Values of some tensors, as whoever wants them gets them. */
async function values(names: readonly string[]): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  await checkpoint.stream(
    ({ name }) => names.includes(name),
    (info, bytes) => void found.set(info.name, decode(bytes, info)),
  );
  return found;
}

/** f32 numbers as bits, NaN as one. */
const bits = (floats: Float32Array | undefined) =>
  [...new Uint32Array(new Float32Array(floats ?? []).buffer)].map((word) =>
    (word & 0x7fffffff) > 0x7f800000 ? 'NaN' : word,
  );

describe('8-bit floats', () => {
  test.each(['e4m3fn', 'e5m2'])('all 256 codes of %s are what torch makes of them', async (name) => {
    const found = await values([`codes.${name}`, `values.${name}`]);
    expect(bits(found.get(`codes.${name}`))).toHaveLength(256);
    expect(bits(found.get(`codes.${name}`))).toEqual(bits(found.get(`values.${name}`)));
  });

  test.each(['e4m3fn', 'e5m2'])('with a scale, %s is multiplied as torch does, whole and by rows', async (name) => {
    const found = await values([`layer.${name}.weight`, `expected.${name}`]);
    const expected = [...(found.get(`expected.${name}`) as Float32Array)];
    expect([...(found.get(`layer.${name}.weight`) as Float32Array)]).toEqual(expected);
    const rows = await checkpoint.readRows(`layer.${name}.weight`, [4, 1]);
    expect([...rows]).toEqual([...expected.slice(32, 40), ...expected.slice(8, 16)]);
  });

  test('scales are found by their newer name, and nothing of them is left to be read', async () => {
    const found = await values(['layer.new.weight', 'expected.e4m3fn']);
    expect(found.get('layer.new.weight')).toEqual(found.get('expected.e4m3fn'));
    expect([...checkpoint.tensors.keys()].filter((name) => /scale|quant/.test(name))).toEqual([]);
  });

  test('are kept as f16 unless more is asked for', () => {
    for (const [precision, dtype] of [
      ['stored', 'f16'],
      ['f16', 'f16'],
      ['f32', 'f32'],
    ] as const) {
      const weights = new WeightSet(checkpoint, precision);
      weights.linear('layer.e4m3fn', { inFeatures: 8, outFeatures: 6, bias: false });
      weights.check();
      expect(weights.tensors.map((tensor) => tensor.dtype)).toEqual([dtype]);
    }
  });
});

describe('scales that do not fit', () => {
  const weight: TestTensor = { name: 'up.weight', dtype: 'F8_E4M3', shape: [2, 4], bytes: new Uint8Array(8) };

  test('are refused from the header, with tensor, file and count', async () => {
    const rows = opened(safetensors([f32('up.scale_weight', [2, 1], [1, 2]), weight]));
    await expect(rows).rejects.toThrow(UnsupportedModelError);
    await expect(rows).rejects.toThrow(/up\.scale_weight in model\.safetensors is \[2,1\]: 2 scales for up\.weight/);
    const odd = opened(
      safetensors([{ ...weight, name: 'up.scale_weight', shape: [1], bytes: new Uint8Array(1), dtype: 'U8' }, weight]),
    );
    await expect(odd).rejects.toThrow(/up\.scale_weight in model\.safetensors is in U8/);
    const other = opened(safetensors([f32('up.scale_weight', [1], [1]), { ...weight, dtype: 'F8_E8M0' }]));
    await expect(other).rejects.toThrow(/up\.weight in model\.safetensors is in F8_E8M0/);
  });

  test('stay tensors that nobody reads beside weights in more bits', async () => {
    const { tensors } = await opened(
      safetensors([f32('up.scale_weight', [], [2]), f32('up.weight', [1, 4], [1, 2, 3, 4])]),
    );
    expect([...tensors.keys()].sort()).toEqual(['up.scale_weight', 'up.weight']);
  });
});
