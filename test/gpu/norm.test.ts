import { describe, expect, test } from 'vitest';
import { type NormAffine, type NormKind, type NormVariant, norm, normVariant } from '../../src/ops/norm.ts';
import { describeWithF16 } from '../support/gpu.ts';
import { expectClose, KernelRun, Random, testGpu } from '../support/kernel-run.ts';

const VARIANTS: NormVariant[] = [{ name: 'direct' }, { name: 'tiled', lanes: 16 }, { name: 'tiled', lanes: 64 }];
const KINDS: NormKind[] = ['layer', 'rms', 'l2'];
const AFFINES = ['plain', 'weight', 'bias', 'modulated'] as const;

interface Case {
  readonly kind: NormKind;
  readonly affine: (typeof AFFINES)[number];
  readonly rows: number;
  readonly channels: number;
  readonly firstRow?: number;
  readonly silu?: boolean;
  readonly out?: 'f32' | 'f16';
  /** Added to every value: a variance from sums of squares would drown in it. */
  readonly mean?: number;
}

const EPS = 1e-5;

/** One norm of random rows, run on the GPU and in float64. */
async function check(variant: NormVariant, shape: Case, seed: number) {
  const { kind, affine, rows, channels, firstRow = 0, silu = false, out: dtype = 'f32', mean = 0 } = shape;
  const random = new Random(seed);
  const run = new KernelRun(await testGpu());
  const width = Math.ceil(channels / 4) * 4;
  const x = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const values = random.values(channels, 3).map((value) => value + mean);
    x.set(values, row * width);
  }
  const weight = random.values(channels);
  const bias = random.values(channels);
  const table = random.values(3 * width);
  const conditioning = random.values(2 * 3 * width);
  const groups = Uint32Array.from({ length: rows }, () => random.integer(0, 1));
  const affines: Record<Case['affine'], () => NormAffine | undefined> = {
    plain: () => undefined,
    weight: () => ({ weight: run.input([channels], weight) }),
    bias: () => ({ weight: run.input([channels], weight), bias: run.input([channels], bias) }),
    modulated: () => ({
      modulation: {
        table: run.input([3, width], table),
        conditioning: run.input([2, 3, width], conditioning),
        groups: run.input([rows], groups, 'u32'),
      },
      shiftPart: 2,
      scalePart: 1,
    }),
  };
  const input = run.input([rows, width], x);
  const out = run.output([firstRow + rows, width], dtype);
  const args = { kind, x: input, out, affine: affines[affine](), channels, eps: EPS, firstRow, silu, variant };
  const [got = new Float32Array()] = await run.run(() => norm(run.context, args), out);

  const want = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const values = Array.from(x.subarray(row * width, row * width + channels));
    const average = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / channels;
    const centre = kind === 'layer' ? average(values) : 0;
    const power = average(values.map((value) => (value - centre) ** 2));
    const divisor =
      kind === 'l2' ? Math.max(Math.sqrt(power * channels), 1e-12) / Math.sqrt(channels) : Math.sqrt(power + EPS);
    for (let c = 0; c < channels; c++) {
      const part = (j: number) =>
        (table[j * width + c] as number) + (conditioning[((groups[row] as number) * 3 + j) * width + c] as number);
      let y = ((values[c] as number) - centre) / divisor;
      if (affine === 'weight' || affine === 'bias') y *= weight[c] as number;
      if (affine === 'bias') y += bias[c] as number;
      if (affine === 'modulated') y = y * (1 + part(1)) + part(2);
      want[row * width + c] = silu ? y / (1 + Math.exp(-y)) : y;
    }
  }
  const what = `${variant.name} ${JSON.stringify(shape)}`;
  expect(got.subarray(0, firstRow * width).every(Number.isNaN), `${what}: rows before the first`).toBe(true);
  expectClose(got.subarray(firstRow * width), want, dtype === 'f16' ? 1e-3 : mean ? 1e-3 : 5e-6, what);
}

const SIZES = [1, 3, 4, 5, 13, 16, 64, 67, 96, 192, 257];

describe.each(VARIANTS)('norm %j', (variant) => {
  test.each(KINDS)('%s on odd shapes', async (kind) => {
    const random = new Random(KINDS.indexOf(kind) + 7);
    const pick = () => SIZES[random.integer(0, SIZES.length - 1)] as number;
    for (const [round, affine] of AFFINES.entries()) {
      await check(variant, { kind, affine, rows: pick(), channels: pick(), silu: round % 2 === 1 }, round);
      await check(variant, { kind, affine, rows: pick(), channels: 4 * pick(), firstRow: round }, round);
    }
  });

  test('a mean that is large beside the deviations', async () => {
    await check(variant, { kind: 'layer', affine: 'plain', rows: 5, channels: 192, mean: 1000 }, 1);
  });

  test('rows of zeros stay finite', async () => {
    const run = new KernelRun(await testGpu());
    const x = run.input([3, 8], new Float32Array(24));
    const out = run.output([3, 8]);
    const [got] = await run.run(() => norm(run.context, { kind: 'l2', x, out, variant }), out);
    expect(got).toEqual(new Float32Array(24));
  });
});

describeWithF16('norm into f16', () => {
  test.each(VARIANTS)('%j f16', async (variant) => {
    await check(variant, { kind: 'layer', affine: 'modulated', rows: 67, channels: 192, out: 'f16' }, 1);
    await check(variant, { kind: 'l2', affine: 'weight', rows: 13, channels: 67, out: 'f16', silu: true }, 2);
  });
});

test('bad shapes are refused with their numbers', async () => {
  const run = new KernelRun(await testGpu());
  const x = run.input([2, 6], new Float32Array(12));
  const wide = run.input([2, 8], new Float32Array(16));
  const out = run.output([2, 8]);
  expect(() => norm(run.context, { kind: 'rms', x, out })).toThrow(/width 6/);
  expect(() => norm(run.context, { kind: 'rms', x: wide, out, firstRow: 1 })).toThrow(/rows 1 to 3/);
});

test('the variant follows the device and the width', () => {
  const gpu = { f16: false, subgroups: false, timestamps: false, software: false };
  expect(normVariant({ ...gpu, software: true }, 1536)).toEqual({ name: 'direct' });
  expect(normVariant(gpu, 96)).toEqual({ name: 'tiled', lanes: 16 });
  expect(normVariant(gpu, 1536)).toEqual({ name: 'tiled', lanes: 64 });
});
