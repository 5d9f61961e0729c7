import { describe, expect, test } from 'vitest';
import { compare } from '../../src/conformance/compare.ts';
import { type GoldenTensor, goldenInput, readGolden } from '../../src/conformance/golden.ts';
import { UnsupportedModelError } from '../../src/errors.ts';
import { Program } from '../../src/gpu/program.ts';
import { Recorder } from '../../src/gpu/recorder.ts';
import type { Tensor } from '../../src/gpu/tensor.ts';
import { downloadF32, upload } from '../../src/gpu/transfer.ts';
import type { ConfigJson } from '../../src/models/config.ts';
import {
  type ChunkRun,
  parseAutoencoderKLWanConfig,
  spatialCompression,
  temporalCompression,
  WanDecoder,
  WanEncoder,
} from '../../src/models/vae/index.ts';
import type { OpContext } from '../../src/ops/context.ts';
import { paddedChannels } from '../../src/ops/conv-layout.ts';
import { openCheckpoint } from '../../src/weights/checkpoint.ts';
import { readJson, type WeightSource } from '../../src/weights/source.ts';
import { WeightSet } from '../../src/weights/weight-set.ts';
import { testGpu } from '../support/kernel-run.ts';
import { fixtureSource } from '../support/model-folder.ts';

/** [1, C, T, H, W] as [T, H / patch, W / patch, padded], channels of a patch ordered [c, x, y]. */
function channelsLast(
  { shape, values }: GoldenTensor,
  patch = 1,
): { shape: number[]; values: Float32Array<ArrayBuffer> } {
  const [, C = 0, T = 0, H = 0, W = 0] = shape;
  const depth = paddedChannels(C * patch * patch);
  const [h, w] = [H / patch, W / patch];
  const out = new Float32Array(T * h * w * depth);
  for (const [i, value] of values.entries()) {
    const [x, y, t, c] = [i % W, Math.floor(i / W) % H, Math.floor(i / W / H) % T, Math.floor(i / W / H / T)];
    const pixel = (t * h + Math.floor(y / patch)) * w + Math.floor(x / patch);
    out[pixel * depth + (c * patch + (x % patch)) * patch + (y % patch)] = value;
  }
  return { shape: [T, h, w, depth], values: out };
}

/** The other way round, from the chunks of a clip. */
function channelsFirst(parts: readonly (readonly [Float32Array, Tensor])[], shape: readonly number[], patch = 1) {
  const [, C = 0, T = 0, H = 0, W = 0] = shape;
  const depth = parts[0]?.[1].shape[3] ?? 0;
  const last = Float32Array.from(parts.flatMap(([values]) => Array.from(values)));
  expect(last.length).toBe((T * H * W * depth) / patch ** 2);
  return Float32Array.from({ length: C * T * H * W }, (_, i) => {
    const [x, y, t, c] = [i % W, Math.floor(i / W) % H, Math.floor(i / W / H) % T, Math.floor(i / W / H / T)];
    const pixel = (t * (H / patch) + Math.floor(y / patch)) * (W / patch) + Math.floor(x / patch);
    return last[pixel * depth + (c * patch + (x % patch)) * patch + (y % patch)] as number;
  });
}

/** Runs a folder's recorded decode or encode, cut into chunks of so many latents; returns the model's own layout. */
async function replay(
  source: WeightSource,
  direction: 'decode' | 'encode',
  chunkLatents?: number,
): Promise<{ ours: Float32Array; golden: Float32Array }> {
  const gpu = await testGpu();
  const config = parseAutoencoderKLWanConfig((await readJson(source, 'config.json')) as ConfigJson);
  const golden = await readGolden(source, 'golden.safetensors');
  const weights = new WeightSet(await openCheckpoint(source, ''), 'stored');
  const isDecode = direction === 'decode';
  const model = isDecode ? new WanDecoder(weights, config) : new WanEncoder(weights, config);
  await weights.load(gpu);
  const recorder = new Recorder('vae');
  const ops: OpContext = { recorder, capabilities: gpu.capabilities, operands: 'f32' };
  const given = channelsLast(goldenInput(golden, isDecode ? 'in.z' : 'in.x'), isDecode ? 1 : config.patchSize);
  const input = recorder.persistent('input', given.shape);
  const runs: ChunkRun[] = model.record(ops, input, chunkLatents);
  const program = await Program.create(gpu, recorder.finish());
  try {
    upload(gpu, input, given.values);
    const parts: [Float32Array, Tensor][] = [];
    for (const { sections, out } of runs) {
      await program.run(...sections);
      parts.push([await downloadF32(gpu, out), out]);
    }
    const want = goldenInput(golden, 'out');
    const ours = channelsFirst(parts, want.shape, isDecode ? config.patchSize : 1);
    // diffusers' decode clamps; here that is left to what makes pixels.
    return { ours: isDecode ? ours.map((y) => Math.min(1, Math.max(-1, y))) : ours, golden: want.values };
  } finally {
    program.dispose();
    weights.dispose(gpu);
  }
}

const FOLDERS = [
  ['wan-vae', 'decode'],
  ['wan-vae-patch2', 'decode'],
  ['wan-vae-encode', 'encode'],
] as const;

describe('AutoencoderKLWan as diffusers runs it, to 1e-4', () => {
  test.each(FOLDERS)('%s: whole clip and cut in time', async (folder, direction) => {
    const whole = await replay(fixtureSource(folder), direction);
    expect(compare('out', whole.ours, whole.golden).relativeL2).toBeLessThanOrEqual(1e-4);
    for (const chunk of direction === 'decode' ? [1, 2] : [1]) {
      const { ours } = await replay(fixtureSource(folder), direction, chunk);
      expect(compare('cut', ours, whole.ours).relativeL2).toBeLessThanOrEqual(1e-6);
    }
  });
});

describe('config.json of AutoencoderKLWan', () => {
  const load = async () => (await readJson(fixtureSource('wan-vae-patch2'), 'config.json')) as Record<string, unknown>;

  test('compression follows from the levels', async () => {
    const config = parseAutoencoderKLWanConfig(await load());
    expect([spatialCompression(config), temporalCompression(config)]).toEqual([16, 4]);
    expect(config.decoderBaseDim).toBe(config.baseDim);
  });

  test.each([
    { is_residual: true },
    { attn_scales: [0.5] },
    { temperal_downsample: [true] },
    { dim_mult: [] },
    { base_dim: 160 },
    { in_channels: 3 },
    { out_channels: 4 },
  ])('%j is not supported', async (change) => {
    const json = { ...(await load()), ...change };
    expect(() => parseAutoencoderKLWanConfig(json)).toThrow(UnsupportedModelError);
    expect(() => parseAutoencoderKLWanConfig(json)).toThrow(Object.keys(change)[0]);
  });
});
