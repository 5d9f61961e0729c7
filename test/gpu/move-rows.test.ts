import { expect, test } from 'vitest';
import { gatherRows, scatterRows } from '../../src/ops/move-rows.ts';
import { KernelRun, Random, testGpu } from '../support/kernel-run.ts';

test.each([
  [1, 1, 1],
  [7, 5, 3],
  [80, 8, 13],
  [80, 132, 80],
])('of %i rows of %i, %i by a list: gathered, and scattered back', async (rows, width, count) => {
  const random = new Random(rows + width);
  const order = Array.from({ length: rows }, (_, i) => ({ i, by: random.next() })).sort((a, b) => a.by - b.by);
  const list = order.slice(0, count).map(({ i }) => i);
  const values = random.values(rows * width);
  const run = new KernelRun(await testGpu());
  const [x, gathered, scattered] = [
    run.input([rows, width], values),
    run.output([count, width]),
    run.output([rows, width]),
  ];
  const by = run.input([count], list, 'u32');
  const record = () => {
    gatherRows(run.context, { x, list: by, out: gathered });
    scatterRows(run.context, { x: gathered, list: by, out: scattered });
  };
  const [got = [], back = []] = await run.run(record, gathered, scattered);
  const row = (at: number) => [...values.slice(at * width, (at + 1) * width)];
  expect([...got]).toEqual(list.flatMap(row));
  // What is not named keeps what it had: NaN here.
  const wanted = Array.from({ length: rows }, (_, at) =>
    list.includes(at) ? row(at) : new Array<number>(width).fill(Number.NaN),
  );
  expect([...back]).toEqual(wanted.flat());
});

test('whole numbers are moved as they are', async () => {
  const run = new KernelRun(await testGpu());
  const [x, list, out] = [
    run.input([3], [7, 2 ** 31, 9], 'u32'),
    run.input([2], [2, 0], 'u32'),
    run.input([2], [0, 0], 'u32'),
  ];
  const [got = []] = await run.run(() => gatherRows(run.context, { x, list, out }), out);
  expect([...got]).toEqual([9, 7]);
});

test('what does not fit is refused with its numbers', async () => {
  const run = new KernelRun(await testGpu());
  const [x, list, out] = [run.output([4, 8]), run.input([2], [0, 1], 'u32'), run.output([3, 8])];
  expect(() => gatherRows(run.context, { x, list, out })).toThrow('rows of [4,8] by [2] into [3,8]');
});
