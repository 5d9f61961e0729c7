import { addRows } from '../../../src/ops/add-rows.ts';
import { expectClose, KernelRun, Random, rounded, testGpu } from '../kernel-run.ts';

/** Adds random rows of a random table, on the GPU and in float64. */
export async function checkAddRows(dtype: 'f32' | 'f16', count: number, entries: number, width: number) {
  const random = new Random(count);
  const run = new KernelRun(await testGpu());
  const [table, before] = [random.values(entries * width), random.values(count * width)];
  const picked = Uint32Array.from({ length: count }, () => random.integer(0, entries - 1));
  const out = run.input([count, width], before);
  const args = { table: run.input([entries, width], table, dtype), rows: run.input([count], picked, 'u32'), out };
  const [got = []] = await run.run(() => addRows(run.context, args), out);
  const stored = rounded(table, dtype);
  const want = Float64Array.from(before, (value, i) => {
    return value + (stored[(picked[Math.floor(i / width)] as number) * width + (i % width)] as number);
  });
  expectClose(got, want, 1e-6);
}
