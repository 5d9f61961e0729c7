import { expect, test } from 'vitest';
import { formatAmount, formatBytes, formatCount, formatDecibels, formatRoughly } from '../../../demo/format.ts';

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

test('one of something is not several', () => {
  expect([0, 1, 17].map((count) => formatAmount(count, 'frame'))).toEqual(['0 frames', '1 frame', '17 frames']);
});

test('a PSNR at the end of the scale says that it is one', () => {
  expect([44.25, 98.94, 99].map(formatDecibels)).toEqual(['44.3 dB', '98.9 dB', '≥ 99 dB']);
});

test.each([
  [0.02, '0.1 seconds'],
  [0.96, '1 second'],
  [23.4, '23 seconds'],
  [2900, '48 minutes'],
  [6000, '2 hours'],
  [1e6, '280 hours'],
])('an estimate of %d s is %s', (seconds, text) => {
  expect(formatRoughly(seconds)).toBe(text);
});
