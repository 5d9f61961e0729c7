import { describe, expect, it } from 'vitest';
import { UnsupportedModelError, WeightsError } from '../../../src/errors.ts';
import { openCheckpoint } from '../../../src/weights/checkpoint.ts';
import { sourceFromFiles } from '../../../src/weights/source.ts';
import { WeightSet } from '../../../src/weights/weight-set.ts';
import { f32, noise, safetensors, type TestTensor } from './support.ts';

const fp8: TestTensor = { name: 'up.weight', dtype: 'F8_E8M0', shape: [4, 4], bytes: noise(16) };
const bias = f32('up.bias', [4], [1, 2, 3, 4]);

async function weightsOf(...tensors: TestTensor[]): Promise<WeightSet> {
  const file = new File([safetensors(tensors)], 'm/transformer/diffusion_pytorch_model.safetensors');
  const source = sourceFromFiles([file, new File([], 'm/model_index.json')]);
  return new WeightSet(await openCheckpoint(source, 'transformer'), 'stored');
}

const UP = { inFeatures: 4, outFeatures: 4 };

describe('WeightSet.check', () => {
  it('refuses a format that is not read, naming folder, file, tensor and format', async () => {
    const weights = await weightsOf(fp8, bias);
    weights.linear('up', UP);
    expect(() => weights.check()).toThrow(UnsupportedModelError);
    const named =
      /m: transformer: up\.weight in transformer\/diffusion_pytorch_model\.safetensors is F8_E8M0; .*F32, F16/;
    expect(() => weights.check()).toThrow(named);
  });

  it.each<[string, TestTensor, (weights: WeightSet) => unknown]>([
    ['a vector in I8', { ...bias, dtype: 'I8', bytes: noise(4) }, (weights) => weights.vector('up.bias', [4])],
    ['a vector in F64', { ...bias, dtype: 'F64', bytes: noise(32) }, (weights) => weights.vector('up.bias', [4])],
    [
      'a kernel in a newer format',
      { ...fp8, dtype: 'NVFP4' },
      (weights) => weights.arranged('up.weight', [4, 4], [16], (v) => v),
    ],
    ['a table that is read by rows', { ...fp8, dtype: 'F8_E8M0' }, (weights) => weights.expect('up.weight', [4, 4])],
    [
      '4 bits packed in other shapes',
      { ...fp8, dtype: 'U8', shape: [16, 1] },
      (weights) => weights.linear('up', { ...UP, bias: false }),
    ],
  ])('so also of %s', async (_, tensor, declare) => {
    const weights = await weightsOf(tensor);
    declare(weights);
    expect(() => weights.check()).toThrow(UnsupportedModelError);
    expect(() => weights.check()).toThrow(`is ${tensor.dtype}`);
  });

  it('passes what no model asks for, whatever its format', async () => {
    const weights = await weightsOf(f32('up.weight', [4, 4], Array(16).fill(0)), bias, { ...fp8, name: 'ema.scale' });
    weights.linear('up', UP);
    expect(() => weights.check()).not.toThrow();
  });

  it('names what is missing or of another shape', async () => {
    const weights = await weightsOf(bias);
    weights.linear('up', { ...UP, outFeatures: 8 });
    expect(() => weights.check()).toThrow(WeightsError);
    expect(() => weights.check()).toThrow(/up\.weight \[8,4\] is missing; up\.bias is \[4\], not \[8\]/);
  });
});
