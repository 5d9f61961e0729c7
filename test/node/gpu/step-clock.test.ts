import { expect, test } from 'vitest';
import { secondsBetween } from '../../../src/gpu/step-clock.ts';

test.each<[string, bigint[], number[] | undefined]>([
  ['two steps and a wait between them', [1_000n, 501_000n, 700_000n, 800_000n], [5e-4, 1e-4]],
  ['a step below the resolution', [100n, 100n], [0]],
  ['a clock past 2^53', [2n ** 60n, 2n ** 60n + 256n], [256e-9]],
  ['zeros', [0n, 0n], undefined],
  ['one that was not written', [100n, 200n, 0n, 300n], undefined],
  ['a clock that goes back', [100n, 200n, 150n, 300n], undefined],
])('%s', (_, stamps, seconds) => {
  expect(secondsBetween(BigUint64Array.from(stamps))).toEqual(seconds);
});
