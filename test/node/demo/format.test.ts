import { expect, test } from 'vitest';
import { formatBytes, formatCount } from '../../../demo/format.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [16_384, '16.4 kB'],
  [99_940, '99.9 kB'],
  [99_960, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1.00 MB'],
  [21_300_000, '21.3 MB'],
  [1_073_741_824, '1.07 GB'],
  [2.5e15, '2500 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('counts have three digits and a letter', () => {
  expect([7, 508_160, 10_600_000, 1.42e9].map(formatCount)).toEqual(['7', '508 k', '10.6 M', '1.42 B']);
});
