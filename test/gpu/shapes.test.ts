import { expect, test } from 'vitest';
import { goldenInput } from '../../src/conformance/golden.ts';
import { randn } from '../../src/samplers/noise.ts';
import { loadTokenizer } from '../../src/text/tokenizer.ts';
import { golden, model, replayShapes } from '../support/replay-shapes.ts';

test('the embedded model repeats diffusers: 30 steps, guidance, decoding', { timeout: 300_000 }, async () => {
  const { worst, decibels } = await replayShapes('f32');
  expect(worst).toBeLessThanOrEqual(1e-4);
  expect(decibels).toBeGreaterThanOrEqual(50);
});

test('tokens and noise of the recorded prompt and seed', async () => {
  const { prompt = '', seed } = golden.metadata;
  const tokenizer = await loadTokenizer(model);
  expect(tokenizer.encode(prompt).ids).toEqual([...goldenInput(golden, 'in.input_ids').values]);
  const latents = goldenInput(golden, 'in.latents').values;
  const noise = randn(latents.length, Number(seed));
  expect(Math.max(...noise.map((value, i) => Math.abs(value - (latents[i] as number))))).toBeLessThan(1e-6);
});
