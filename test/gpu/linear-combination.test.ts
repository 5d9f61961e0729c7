import { describe, expect, test } from 'vitest';
import { linearCombination } from '../../src/ops/linear-combination.ts';
import { expectClose, KernelRun, Random, testGpu } from '../support/kernel-run.ts';

describe('linear combination', () => {
  test.each([
    [1, 1, 1],
    [1, 2, 67],
    [3, 1, 192],
    [4, 2, 129],
    [5, 2, 131],
    [2, 2, 64 * 65535 + 3],
  ])('%i states, %i velocities, %i values', async (S, V, size) => {
    const random = new Random(size);
    const run = new KernelRun(await testGpu());
    const rows = [random.values(S * size), random.values(V * size)] as const;
    const c = random.values(S * (S + V));
    const state = run.input([S, size], rows[0]);
    const velocity = run.input([V, size], rows[1]);
    const coefficients = run.input([S, S + V], c);
    const [got = []] = await run.run(() => linearCombination(run.context, { state, velocity, coefficients }), state);
    const want = Float64Array.from({ length: S * size }, (_, at) => {
      const row = Math.floor(at / size);
      let y = 0;
      for (let j = 0; j < S + V; j++) {
        const value = j < S ? rows[0][j * size + (at % size)] : rows[1][(j - S) * size + (at % size)];
        y += (c[row * (S + V) + j] as number) * (value as number);
      }
      return y;
    });
    expectClose(got, want, 1e-6);
  });

  test('shapes that do not fit are refused', async () => {
    const run = new KernelRun(await testGpu());
    const [state, velocity, coefficients] = [run.output([2, 5]), run.output([1, 4]), run.output([2, 3])];
    expect(() => linearCombination(run.context, { state, velocity, coefficients })).toThrow(/\[2,5\] and \[1,4\]/);
  });
});
