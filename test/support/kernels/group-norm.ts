import { type GroupNormVariant, groupNorm } from '../../../src/ops/group-norm.ts';
import { expectClose, KernelRun, Random, testGpu } from '../kernel-run.ts';

export const VARIANTS: GroupNormVariant[] = ['direct', 'tiled'];

export interface Case {
  readonly frames?: number;
  readonly size: readonly [height: number, width: number];
  readonly channels: number;
  readonly groups: number;
  readonly silu?: boolean;
  readonly out?: 'f32' | 'f16';
  /** Added to every value: a variance from sums of squares would drown in it. */
  readonly mean?: number;
}

const EPS = 1e-5;

/** One group norm of random frames, run on the GPU and in float64. */
export async function checkGroupNorm(variant: GroupNormVariant, shape: Case, seed: number) {
  const { frames = 1, size, channels, groups, silu = false, out: dtype = 'f32', mean = 0 } = shape;
  const random = new Random(seed);
  const run = new KernelRun(await testGpu());
  const pixels = size[0] * size[1];
  // Groups of another spread and centre each, so that a value taken from another group would show.
  const values = random.values(frames * pixels * channels).map((value, i) => {
    const group = Math.floor(((i % channels) / channels) * groups);
    return value * (1 + group) + mean + group;
  });
  const [weight, bias] = [random.values(channels), random.values(channels)];
  const dims = [frames, ...size, channels];
  const x = run.input(dims, values);
  const out = run.output(dims, dtype);
  const affine = { weight: run.input([channels], weight), bias: run.input([channels], bias) };
  const args = { x, out, groups, ...affine, eps: EPS, silu, variant };
  const [got = new Float32Array()] = await run.run(() => groupNorm(run.context, args), out);

  const want = new Float64Array(values.length);
  const width = channels / groups;
  for (let frame = 0; frame < frames; frame++) {
    for (let group = 0; group < groups; group++) {
      const indices = Array.from({ length: pixels * width }, (_, i) => {
        return (frame * pixels + Math.floor(i / width)) * channels + group * width + (i % width);
      });
      const average = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
      const centre = average(indices.map((i) => values[i] as number));
      const variance = average(indices.map((i) => ((values[i] as number) - centre) ** 2));
      for (const i of indices) {
        const c = i % channels;
        const normed = ((values[i] as number) - centre) / Math.sqrt(variance + EPS);
        const y = normed * (weight[c] as number) + (bias[c] as number);
        want[i] = silu ? y / (1 + Math.exp(-y)) : y;
      }
    }
  }
  expectClose(got, want, dtype === 'f16' || mean ? 1e-3 : 5e-6, `${variant} ${JSON.stringify(shape)}`);
}
