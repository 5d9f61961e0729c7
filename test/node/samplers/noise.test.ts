import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { randn } from '../../../src/samplers/noise.ts';

const { cases } = JSON.parse(await readFile('test/fixtures/randn.json', 'utf8')) as {
  cases: { seed: number; count: number; values: number[] }[];
};

test.each(cases)("randn($count) of seed $seed is PyTorch's", ({ seed, count, values }) => {
  const ours = randn(count, seed);
  expect(ours.length).toBe(values.length);
  for (const [i, value] of values.entries()) expect(Math.abs((ours[i] as number) - value)).toBeLessThan(1e-6);
});
