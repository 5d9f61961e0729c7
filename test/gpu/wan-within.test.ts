import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testGpu } from '../support/kernel-run.ts';
import { countKernels, TinyRuns } from '../support/wan-runs.ts';

const STEPS = 8;

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
});
afterAll(() => runs.dispose());

describe.each([
  ['teacache', '10000001', 0],
  ['fbcache', '10000000', 1],
] as const)('%s', (name, eager, before) => {
  test('U1: never reusing gives the latents of no policy, bit for bit', async () => {
    const none = await runs.denoise('none');
    const { latents, record } = await runs.denoise(name, { threshold: 0 });
    expect(latents).toEqual(none.latents);
    expect(record.schedule).toEqual(none.record.schedule);
    expect(record.scores.length).toBe(2 * (STEPS - 1));
    expect(record.scores.every(({ mean }) => mean > 0 && mean < 10)).toBe(true);
  });

  test('U3: what is dispatched is what is reported', async () => {
    const { record, commands } = await runs.denoise(name, { threshold: Number.POSITIVE_INFINITY });
    expect(record.schedule).toEqual({ cond: eager, uncond: eager });
    const reused = 2 * (eager.split('0').length - 1);
    expect(record.blocks).toEqual({ computed: 2 * 2 * STEPS - (2 - before) * reused, reused: (2 - before) * reused });
    expect(countKernels(commands, 'attention')).toBe(2 * record.blocks.computed);
    expect(countKernels(commands, 'unpatchify')).toBe(2 * STEPS);
  });
});
