import { describe, expect, test } from 'vitest';
import { axisMatmul } from '../../src/ops/axis-matmul.ts';
import { filterMatrix, type Matrix } from '../../src/ops/fourier.ts';
import { type LowPass, lowPass, lowPassMatrices } from '../../src/ops/low-pass.ts';
import { expectClose, KernelRun, Random, testGpu } from '../support/kernel-run.ts';
import { filtered } from '../support/spectrum.ts';

/** [outer, K, inner] by [J, K], in float64. */
function product(
  x: Float32Array,
  matrix: Float32Array,
  gains: Float32Array | undefined,
  [outer, rows, depth, inner]: readonly [number, number, number, number],
) {
  const at = (o: number, j: number, i: number) => {
    let sum = 0;
    for (let k = 0; k < depth; k++)
      sum += (matrix[j * depth + k] as number) * (x[(o * depth + k) * inner + i] as number);
    return sum * (gains?.[j * inner + i] ?? 1);
  };
  return Float64Array.from({ length: outer * rows * inner }, (_, n) =>
    at(Math.floor(n / inner / rows), Math.floor(n / inner) % rows, n % inner),
  );
}

describe('matmul along an axis', () => {
  test.each([
    { outer: 1, rows: 1, depth: 1, inner: 1 },
    { outer: 3, rows: 5, depth: 7, inner: 1 },
    { outer: 2, rows: 4, depth: 8, inner: 8 },
    { outer: 5, rows: 13, depth: 11, inner: 12, hasGains: true },
    { outer: 67, rows: 3, depth: 2, inner: 5, hasGains: true },
    { outer: 1, rows: 64, depth: 65, inner: 132 },
  ])('%j', async ({ outer, rows, depth, inner, hasGains = false }) => {
    const random = new Random(outer + rows);
    const run = new KernelRun(await testGpu());
    const x = random.values(outer * depth * inner);
    const matrix = random.values(rows * depth);
    const gains = hasGains ? random.values(rows * inner) : undefined;
    const out = run.output([outer, rows, inner]);
    const args = {
      x: run.input([outer, depth, inner], x),
      matrix: run.input([rows, depth], matrix),
      inner,
      ...(gains && { gains: run.input([rows, inner], gains) }),
      out,
    };
    const [got = new Float32Array()] = await run.run(() => axisMatmul(run.context, args), out);
    expectClose(got, product(x, matrix, gains, [outer, rows, depth, inner]), 1e-5);
  });

  test('what does not fit is refused with its numbers', async () => {
    const run = new KernelRun(await testGpu());
    const [x, matrix, out] = [run.output([2, 6]), run.output([3, 5]), run.output([6])];
    expect(() => axisMatmul(run.context, { x, matrix, inner: 1, out })).toThrow('no [3,5] along [2,6] with 1 between');
  });
});

describe('low-pass filter of images', () => {
  test.each([
    [1, 8, 8],
    [5, 8, 8],
    [3, 5, 7],
    [2, 12, 9],
    [2, 4, 6],
    [1, 17, 32],
  ])('%d images of %d x %d: the disc of the transform', async (images, rows, columns) => {
    const radius = Math.floor(Math.min(rows, columns) / 5);
    const run = new KernelRun(await testGpu());
    const x = new Random(rows * columns).values(images * rows * columns);
    const out = run.output([images, rows, columns]);
    const input = (each: Matrix) => run.input([each.rows, each.columns], each.values);
    const by = Object.fromEntries(
      Object.entries(lowPassMatrices(rows, columns, radius)).map(([name, each]) => [name, input(each)]),
    ) as unknown as LowPass<ReturnType<typeof input>>;
    const image = run.input([images, rows, columns], x);
    const [got = new Float32Array()] = await run.run(() => lowPass(run.context, { x: image, out, by }), out);
    expectClose(
      got,
      filtered(x, [rows, columns], (v, u) => Number(v * v + u * u <= radius * radius)),
      1e-5,
    );
  });
});

test.each([1, 2, 5, 8, 13])('a filter of an axis of %d is its transform, scaled, and back', (length) => {
  const gain = (frequency: number) => 1 / (1 + frequency * frequency);
  const x = new Random(length).values(length);
  const { values } = filterMatrix(length, gain);
  const got = product(x, values, undefined, [1, length, length, 1]);
  expectClose(
    got,
    filtered(x, [length], (f) => gain(Math.abs(f))),
    1e-6,
  );
});
