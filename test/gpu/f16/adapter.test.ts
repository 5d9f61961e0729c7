import { expect, test } from 'vitest';
import { DOUBLED, double } from '../../support/double.ts';
import { describeWithF16 } from '../../support/gpu.ts';

describeWithF16('half precision', () => {
  test('a compute shader runs', async () => {
    expect(await double('f16')).toEqual(DOUBLED);
  });
});
