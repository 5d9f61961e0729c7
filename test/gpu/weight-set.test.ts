import { expect, test } from 'vitest';
import { Program } from '../../src/gpu/program.ts';
import { Recorder } from '../../src/gpu/recorder.ts';
import { downloadF32, upload } from '../../src/gpu/transfer.ts';
import { type Linear, matmul } from '../../src/ops/matmul.ts';
import { float32ToFloat16 } from '../../src/weights/dtypes.ts';
import type { TensorInfo } from '../../src/weights/safetensors.ts';
import { WeightSet } from '../../src/weights/weight-set.ts';
import { expectClose, Random, testGpu } from '../support/kernel-run.ts';

/** A checkpoint in memory. */
function checkpointOf(
  tensors: Record<string, { shape: number[]; values: Float32Array; dtype?: 'F32' | 'F16' | 'BF16' }>,
) {
  const infos = Object.entries(tensors).map(([name, { shape, dtype = 'F32' }]): TensorInfo => {
    return { name, shape, dtype, file: 'model.safetensors', start: 0, end: 0 };
  });
  const encode = (name: string) => {
    const { values, dtype = 'F32' } = tensors[name] as (typeof tensors)[string];
    if (dtype === 'F32') return new Uint8Array(values.slice().buffer);
    const bits = (value: number) =>
      dtype === 'F16' ? float32ToFloat16(value) : (new Uint32Array(Float32Array.of(value).buffer)[0] as number) >>> 16;
    return new Uint8Array(Uint16Array.from(values, bits).buffer);
  };
  return {
    label: 'test',
    tensors: new Map(infos.map((info) => [info.name, info])),
    async stream(
      wanted: (info: TensorInfo) => boolean,
      deliver: (info: TensorInfo, bytes: Uint8Array<ArrayBuffer>) => void | Promise<void>,
    ) {
      for (const info of infos) if (wanted(info)) await deliver(info, encode(info.name) as Uint8Array<ArrayBuffer>);
    },
  };
}

/** x W^T + b with a declared layer. */
async function apply(weights: WeightSet, linear: Linear, x: Float32Array<ArrayBuffer>): Promise<Float32Array> {
  const gpu = await testGpu();
  await weights.load(gpu);
  const recorder = new Recorder('test');
  const input = recorder.persistent('x', [x.length / linear.inFeatures, linear.inFeatures]);
  const out = recorder.persistent('out', [x.length / linear.inFeatures, linear.outFeatures]);
  recorder.section('s', () =>
    matmul({ recorder, capabilities: gpu.capabilities, operands: 'f32' }, { x: input, linear, out }),
  );
  const program = await Program.create(gpu, recorder.finish());
  upload(gpu, input, x);
  await program.run('s');
  const result = await downloadF32(gpu, out);
  program.dispose();
  weights.dispose(gpu);
  return result;
}

const random = new Random(1);
const K = 6;
const layer = (N: number) => ({ shape: [N, K], values: random.values(N * K).map((v) => Math.round(v * 64) / 64) });
const bias = (N: number) => ({ shape: [N], values: random.values(N).map((v) => Math.round(v * 64) / 64) });
const layers = { 'a.weight': layer(10), 'a.bias': bias(10), 'b.weight': layer(10), 'b.bias': bias(10) };
const x = random.values(3 * K);

function reference(): Float64Array {
  const want = new Float64Array(3 * 20);
  for (let m = 0; m < 3; m++) {
    for (const [i, name] of (['a', 'b'] as const).entries()) {
      for (let n = 0; n < 10; n++) {
        let y = layers[`${name}.bias`].values[n] as number;
        for (let k = 0; k < K; k++)
          y += (x[m * K + k] as number) * (layers[`${name}.weight`].values[n * K + k] as number);
        want[m * 20 + i * 10 + n] = y;
      }
    }
  }
  return want;
}

test.each([
  ['in one buffer', 2 ** 27],
  ['split by rows, across the stacked layers', 4 * 8 * 4],
])('stacked layers, %s', async (_, maxPartBytes) => {
  const weights = new WeightSet(checkpointOf(layers), 'stored', maxPartBytes);
  const linear = weights.linear(['a', 'b'], { inFeatures: K, outFeatures: 10 });
  expect(linear.parts.length).toBe(maxPartBytes > 1000 ? 1 : 5);
  expectClose(await apply(weights, linear, x), reference(), 1e-6);
});

test.each(['F16', 'BF16'] as const)('%s weights are kept exactly', async (dtype) => {
  const stored = Object.fromEntries(Object.entries(layers).map(([name, tensor]) => [name, { ...tensor, dtype }]));
  const weights = new WeightSet(checkpointOf(stored), 'stored');
  const linear = weights.linear(['a', 'b'], { inFeatures: K, outFeatures: 10 });
  expect(linear.parts[0]?.weight.dtype).toBe(dtype === 'F16' ? 'f16' : 'f32');
  expectClose(await apply(weights, linear, x), reference(), 1e-6);
});

test('f32 weights can be halved; a value that f16 cannot hold is named, and nothing stays allocated', async () => {
  const gpu = await testGpu();
  const weights = new WeightSet(checkpointOf(layers), 'f16');
  const linear = weights.linear(['a', 'b'], { inFeatures: K, outFeatures: 10 });
  expect(linear.parts[0]?.weight.dtype).toBe('f16');
  expectClose(await apply(weights, linear, x), reference(), 1e-6);
  const large = { shape: [1, 4], values: Float32Array.of(1, 2, 70_000, 3) };
  const overflowing = new WeightSet(checkpointOf({ 'a.weight': large }), 'f16');
  overflowing.linear('a', { inFeatures: 4, outFeatures: 1, bias: false });
  const before = gpu.memory.currentBytes;
  await expect(overflowing.load(gpu)).rejects.toThrow(/a\.weight: element 2 is 70000, which f16 cannot hold/);
  expect(gpu.memory.currentBytes).toBe(before);
});

test('all that does not fit is listed before anything is read', () => {
  const weights = new WeightSet(checkpointOf(layers), 'stored');
  weights.linear('a', { inFeatures: 7, outFeatures: 10 });
  weights.vector('c', [3]);
  weights.expect('d', [2]);
  expect(() => weights.check()).toThrow(/a\.weight is \[10,6\], not \[10,7\]; c \[3\] is missing; d \[2\] is missing/);
});
