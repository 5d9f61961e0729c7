import { expect, test } from 'vitest';
import { DOUBLED, double } from '../support/double.ts';
import { loadFixture, requestTestAdapter, testFeatures } from '../support/gpu.ts';

test('a compute shader runs', async () => {
  const adapter = await requestTestAdapter();
  const f16 = testFeatures.has('shader-f16') ? 'with f16' : 'without f16';
  console.info(`adapter: ${adapter?.info.vendor} ${adapter?.info.architecture}, ${f16}`);
  expect(await double('f32')).toEqual(DOUBLED);
});

test('fixtures load, and a missing one is an error', async () => {
  expect((await loadFixture('wan-vae/config.json')).length).toBeGreaterThan(100);
  await expect(loadFixture('wan-vae/none.json')).rejects.toThrow();
});
