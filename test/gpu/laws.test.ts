import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { POLICIES } from '../../src/cache/index.ts';
import type { RunRecord } from '../../src/cache/run-record.ts';
import { artifactFor } from '../support/artifacts.ts';
import { testGpu } from '../support/kernel-run.ts';
import { LAWS, type Law } from '../support/laws.ts';
import { countKernels, TinyRuns } from '../support/wan-runs.ts';

const STEPS = 12;

let runs: TinyRuns;
beforeAll(async () => {
  runs = await TinyRuns.open(await testGpu(), STEPS);
}, 60_000);
afterAll(() => runs.dispose());

/** Attentions that ran, by what is reported: two in a block. */
function attentions({ sites }: RunRecord): number {
  return sites.reduce((sum, { site, digits }) => {
    const [, first, last = first, subLayer] = /^blocks?\.(\d+)(?:-(\d+))?(?:\.(\w+))?$/.exec(site) ?? [];
    const ofBlock = subLayer === undefined ? 2 : Number(subLayer.endsWith('Attention'));
    return sum + ofBlock * (Number(last) - Number(first) + 1) * (digits.split('1').length - 1);
  }, 0);
}

describe.each(POLICIES.map(({ name }) => name))('%s', (name) => {
  const law = LAWS[name] ?? {};
  // Artifacts of those that cannot run without one.
  const withArtifact = (options: Law['some']) => ({ ...artifactFor(name, runs.shape), ...options });

  test('U1: never reusing gives the latents of no policy, bit for bit', async () => {
    const none = await runs.denoise('none');
    const { latents, record } = await runs.denoise(name, withArtifact(law.never));
    expect(record.blocks.reused).toBe(0);
    expect(latents).toEqual(none.latents);
  });

  test('U3: what is dispatched is what is reported', async () => {
    const { record, commands } = await runs.denoise(name, withArtifact(law.some), undefined, 'host');
    expect(countKernels(commands, 'attention')).toBe(attentions(record));
  });

  test('U6: a run after another, whole or aborted, is a fresh one', async () => {
    const first = await runs.denoise(name, withArtifact(law.some));
    const aborted = runs.denoise(name, withArtifact(law.some), (step) => {
      if (step === 4) throw new Error('enough');
    });
    await expect(aborted).rejects.toThrow('enough');
    const second = await runs.denoise(name, withArtifact(law.some));
    expect(second.latents).toEqual(first.latents);
    expect(second.record).toEqual(first.record);
  });

  test('U11: memory is as planned, and none when stopped', async () => {
    const { memory } = runs.gpu;
    const before = memory.currentBytes;
    const { cache } = runs.cache(name, withArtifact(law.some));
    expect(memory.currentBytes).toBe(before);
    await cache.start(runs.gpu);
    expect(memory.currentBytes - before).toBe(cache.plannedBytes);
    cache.stop();
    expect(memory.currentBytes).toBe(before);
  });
});
