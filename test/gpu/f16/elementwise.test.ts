import { test } from 'vitest';
import { silu } from '../../../src/ops/silu.ts';
import { describeWithF16 } from '../../support/gpu.ts';
import { expectClose, KernelRun, Random, testGpu } from '../../support/kernel-run.ts';
import { checkAddRows } from '../../support/kernels/add-rows.ts';

describeWithF16('silu into f16', () => {
  test('f16', async () => {
    const run = new KernelRun(await testGpu());
    const values = new Random(1).values(13, 5);
    const [x, out] = [run.input([13], values), run.output([13], 'f16')];
    const [got = []] = await run.run(() => silu(run.context, { x, out }), out);
    const want = Float64Array.from(values, (value) => value / (1 + Math.exp(-value)));
    expectClose(got, want, 1e-3);
  });
});

describeWithF16('a table in f16', () => {
  test('its rows are added', () => checkAddRows('f16', 67, 11, 144));
});
