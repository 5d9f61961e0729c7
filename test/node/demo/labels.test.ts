import { expect, test } from 'vitest';
import { placeLabels } from '../../../demo/history/labels.ts';

const RADIUS = 5;
const HEIGHT = 12;
const mark = (x: number, y: number) => ({ x, y, width: 10 });

test('a number stands right of its mark', () => {
  expect(placeLabels([mark(0, 0), mark(100, 0)], RADIUS, HEIGHT)).toEqual([
    { x: 13, y: 0 },
    { x: 113, y: 0 },
  ]);
});

test('where another mark or number is, it goes elsewhere', () => {
  const [first, second, third] = placeLabels([mark(0, 0), mark(15, 0), mark(30, 0)], RADIUS, HEIGHT);
  expect(first).toEqual({ x: -13, y: 0 });
  expect(second).toEqual({ x: 15, y: -11 });
  expect(third).toEqual({ x: 43, y: 0 });
});

test('of marks that cover each other every number has its place, the last ones right of theirs', () => {
  const same = Array.from({ length: 5 }, () => mark(0, 0));
  const spots = placeLabels(same, RADIUS, HEIGHT).map(({ x, y }) => `${x} ${y}`);
  expect(new Set(spots).size).toBe(4);
  expect(spots.at(-1)).toBe('13 0');
});
