import { type QkVariant, qkNormRope } from '../../../src/ops/qk-norm-rope.ts';
import { expectClose, KernelRun, Random, testGpu } from '../kernel-run.ts';

export const VARIANTS: QkVariant[] = ['direct', 'tiled'];
const EPS = 1e-6;

export interface Case {
  readonly tokens: number;
  readonly heads: number;
  readonly headDim: number;
  /** Parts of D in a row: 3 for q, k, v; q alone where 1. */
  readonly parts: 1 | 2 | 3;
  readonly norm: boolean;
  /** Whether heads share their angles, or there are none. */
  readonly rope: 'shared' | 'per head' | 'none';
  readonly f16?: boolean;
}

/** Norm and rotation of random q and k, on the GPU and in float64; v must stay as it is. */
export async function checkQkNormRope(variant: QkVariant, shape: Case, seed: number) {
  const { tokens, heads, headDim, parts, norm, rope, f16 = false } = shape;
  const random = new Random(seed);
  const run = new KernelRun(await testGpu());
  const width = heads * headDim;
  const stride = parts * width;
  const values = random.values(tokens * stride, 2);
  const weights = [random.values(width), random.values(width)];
  const period = rope === 'shared' ? headDim : width;
  const angles = random.values((tokens * period) / 2, 3);
  const cosSin = Float32Array.from({ length: tokens * period }, (_, i) => {
    const angle = angles[i >> 1] as number;
    return i % 2 ? Math.sin(angle) : Math.cos(angle);
  });

  const x = run.input([tokens, stride], values);
  const out = f16 ? run.output([tokens, stride], 'f16') : undefined;
  const offsets = parts === 1 ? ([0] as const) : ([0, width] as const);
  const args = {
    x,
    width,
    offsets,
    variant,
    ...(norm && { norm: { weights: offsets.map((_, i) => run.input([width], weights[i] as Float32Array)), eps: EPS } }),
    ...(rope !== 'none' && { table: run.input([tokens, period / 2, 2], cosSin) }),
    ...(out && { out, ...(parts === 3 && { copied: 2 * width }) }),
  };
  const [got = new Float32Array()] = await run.run(() => qkNormRope(run.context, args), out ?? x);

  const want = Float64Array.from(values);
  for (let token = 0; token < tokens; token++) {
    for (const [part, offset] of offsets.entries()) {
      const row = want.subarray(token * stride + offset, token * stride + offset + width);
      const power = row.reduce((sum, value) => sum + value * value, 0) / width;
      for (let i = 0; i < width && norm; i++) {
        row[i] = ((row[i] as number) / Math.sqrt(power + EPS)) * (weights[part]?.[i] as number);
      }
      for (let i = 0; i < width && rope !== 'none'; i += 2) {
        const [a, b] = [row[i] as number, row[i + 1] as number];
        const angle = angles[(token * period + (i % period)) / 2] as number;
        row[i] = a * Math.cos(angle) - b * Math.sin(angle);
        row[i + 1] = a * Math.sin(angle) + b * Math.cos(angle);
      }
    }
  }
  expectClose(got, want, f16 ? 1e-3 : 5e-6, `${variant} ${JSON.stringify(shape)}`);
}
