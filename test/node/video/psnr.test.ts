import { expect, test } from 'vitest';
import { psnr } from '../../../src/video/psnr.ts';

const pixels = (value: number, alpha: number) =>
  Uint8Array.from({ length: 64 }, (_, i) => (i % 4 === 3 ? alpha : value));

test('equal clips have 99 dB, whatever their alpha', () => {
  expect(psnr(pixels(7, 255), pixels(7, 0))).toBe(99);
});

test('a difference of d everywhere has -20 log10(d / 255) dB', () => {
  expect(psnr(pixels(51, 255), pixels(0, 255))).toBeCloseTo(-20 * Math.log10(0.2), 10);
  expect(psnr(pixels(0, 255), pixels(255, 255))).toBeCloseTo(0, 10);
});

test('one channel of one pixel in 16', () => {
  const other = pixels(0, 255);
  other[5] = 255;
  expect(psnr(pixels(0, 255), other)).toBeCloseTo(10 * Math.log10(48), 10);
});

test('clips of different sizes are refused', () => {
  expect(() => psnr(new Uint8Array(8), new Uint8Array(4))).toThrow('8 bytes against 4');
});
