import { expect } from 'vitest';
import { type NormAffine, type NormKind, type NormVariant, norm } from '../../../src/ops/norm.ts';
import { expectClose, KernelRun, Random, testGpu } from '../kernel-run.ts';

export const VARIANTS: NormVariant[] = [{ name: 'direct' }, { name: 'tiled', lanes: 16 }, { name: 'tiled', lanes: 64 }];
export const KINDS: NormKind[] = ['layer', 'rms', 'l2'];
export const AFFINES = ['plain', 'weight', 'bias', 'modulated'] as const;

export interface Case {
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
export async function checkNorm(variant: NormVariant, shape: Case, seed: number) {
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
