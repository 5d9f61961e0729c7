import { describe, expect, test } from 'vitest';
import { type QkVariant, qkNormRope, qkVariant } from '../../src/ops/qk-norm-rope.ts';
import { describeWithF16 } from '../support/gpu.ts';
import { expectClose, KernelRun, Random, testGpu } from '../support/kernel-run.ts';

const VARIANTS: QkVariant[] = ['direct', 'tiled'];
const EPS = 1e-6;

interface Case {
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
async function check(variant: QkVariant, shape: Case, seed: number) {
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

describe.each(VARIANTS)('qk_norm_rope %s', (variant) => {
  test('fused q, k and v of odd sizes', async () => {
    await check(variant, { tokens: 1, heads: 1, headDim: 4, parts: 3, norm: true, rope: 'shared' }, 1);
    await check(variant, { tokens: 13, heads: 3, headDim: 20, parts: 3, norm: true, rope: 'shared' }, 2);
    await check(variant, { tokens: 67, heads: 5, headDim: 64, parts: 3, norm: true, rope: 'shared' }, 3);
  });

  test('angles of their own for each head', async () => {
    await check(variant, { tokens: 7, heads: 3, headDim: 12, parts: 2, norm: true, rope: 'per head' }, 4);
  });

  test('the norm or the rotation alone', async () => {
    await check(variant, { tokens: 5, heads: 2, headDim: 72, parts: 1, norm: true, rope: 'none' }, 5);
    await check(variant, { tokens: 5, heads: 2, headDim: 72, parts: 2, norm: false, rope: 'shared' }, 6);
  });
});

describeWithF16('qk_norm_rope into f16', () => {
  test.each(VARIANTS)('%s f16', async (variant) => {
    await check(variant, { tokens: 13, heads: 3, headDim: 20, parts: 3, norm: true, rope: 'shared', f16: true }, 7);
    await check(variant, { tokens: 5, heads: 2, headDim: 12, parts: 1, norm: true, rope: 'none', f16: true }, 8);
  });
});

test('bad shapes are refused with their numbers', async () => {
  const run = new KernelRun(await testGpu());
  const x = run.input([2, 24], new Float32Array(48));
  const table = run.input([2, 10, 2], new Float32Array(40));
  expect(() => qkNormRope(run.context, { x, width: 8, offsets: [0, 6] })).toThrow(/6 is no multiple of 4/);
  expect(() => qkNormRope(run.context, { x, width: 8, offsets: [0], table })).toThrow(/rows of 20 .* width of 8/);
  expect(() => qkNormRope(run.context, { x, width: 8, offsets: [0], out: x })).toThrow(/f16/);
});

test('the variant follows the device', () => {
  const gpu = { f16: false, subgroups: false, timestamps: false, software: false };
  expect(qkVariant(gpu)).toBe('tiled');
  expect(qkVariant({ ...gpu, software: true })).toBe('direct');
});
