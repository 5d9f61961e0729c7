import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { foresee } from '../../../demo/cache-view/foresight.ts';
import { type Recording, resample } from '../../../demo/cache-view/resample.ts';
import { EMBEDDED } from '../../../demo/state/embedded.ts';
import { measuredBlocks, scoresOf } from './cache-support.ts';
import { REPORT } from './runs-support.ts';

const example = JSON.parse(await readFile('demo/public/example/example.json', 'utf8'));
const recorded: Recording = example.baseline.report;

describe('the embedded model, by the recorded example', () => {
  const tuned = Object.entries(EMBEDDED.presets).flatMap(([name, presets]) =>
    Object.entries(presets).flatMap(([preset, options]) => ('artifact' in options ? [] : [{ name, preset, options }])),
  );

  test.each(tuned)('$name $preset: what 30 steps skip is what a run of them skipped', ({ name, options, preset }) => {
    const sentence = foresee({ name, options, steps: 30 }, [recorded]);
    expect(sentence).toMatch(/^At 30 steps this will skip about \d+ % of the work\.$/);
    if (preset !== 'balanced') return;
    const { computed, reused } = example.run.report.blocks;
    expect(sentence).toContain(`${Math.round((100 * reused) / (computed + reused))} %`);
  });

  test('12 steps: that the presets skip nothing is said before a run', () => {
    const { options } = tuned.find(({ preset }) => preset === 'balanced') ?? {};
    const name = example.run.report.policy.name;
    expect(foresee({ name, options: options ?? {}, steps: 12 }, [recorded])).toMatch(/probably skip nothing/);
  });

  test('4 steps: it does not pay, whatever was recorded', () => {
    expect(foresee({ name: 'pab', options: {}, steps: 4 }, [])).toMatch(/reusing does not pay/);
  });

  test('a method whose schedule is known beforehand needs no scores', () => {
    expect(foresee({ name: 'taylorseer', options: { interval: 3 }, steps: 12 }, [recorded])).toMatch(/skip about 67 %/);
  });

  test('nothing is said where nobody can know', () => {
    expect(foresee({ name: 'taylorseer', options: {}, steps: 12 }, [])).toBeUndefined();
    const modulated = { probe: 'modulated' };
    expect(foresee({ name: 'bwcache', options: modulated, steps: 12 }, [recorded])).toBeUndefined();
    expect(foresee({ name: 'smoothcache', options: {}, steps: 12 }, [recorded])).toBeUndefined();
  });
});

describe('another count of steps', () => {
  const steps = 11;
  /** Each step changes by its own number, so that sums tell which steps they are of. */
  const scores = Array.from({ length: steps - 1 }, (_, i) => scoresOf(i + 1, 'cond', [i + 1, 2 * (i + 1)]));
  const run: Recording = {
    ...REPORT,
    shape: { ...REPORT.shape, steps, blocks: 2 },
    measurements: [measuredBlocks(2)],
    scores,
  };

  test('a longer step changes by the sum of those within it', () => {
    const found = resample(run, 6).scores;
    expect(found.map(({ step, reference }) => [step, reference])).toEqual(
      [1, 2, 3, 4, 5].map((step) => [step, step - 1]),
    );
    expect(found.map(({ blocks }) => blocks)).toEqual([3, 7, 11, 15, 19].map((sum) => [sum, 2 * sum]));
    expect(found.map(({ mean, indicator }) => indicator - mean)).toEqual([0, 0, 0, 0, 0]);
  });

  test('a shorter one by its part', () => {
    const found = resample(run, 21).scores;
    expect(found.slice(0, 4).map(({ blocks }) => blocks[0])).toEqual([0.5, 0.5, 1, 1]);
    expect(found.at(-1)?.step).toBe(20);
  });

  test('begins and ends at the same times, whatever the count', () => {
    for (let count = 2; count <= 60; count++) {
      const { shape, scores: found } = resample(recorded, count);
      expect(found.filter(({ branch }) => branch === 'cond')).toHaveLength(count - 1);
      expect(shape.timesteps).toHaveLength(count);
      expect([shape.timesteps[0], shape.timesteps.at(-1)]).toEqual([1000, recorded.shape.timesteps.at(-1)]);
      expect(shape.sigmas).toHaveLength(count + 1);
    }
  });

  test('what was not measured, and what was no number, stays unknown', () => {
    const hole = { ...run, scores: scores.filter(({ step }) => step !== 3) };
    expect(resample(hole, 6).scores.map(({ step }) => step)).toEqual([1, 3, 4, 5]);
    const skipping = { ...run, scores: scores.map((each) => (each.step === 5 ? { ...each, reference: 2 } : each)) };
    expect(resample(skipping, 6).scores.map(({ step }) => step)).toEqual([1, 2, 4, 5]);
    const infinite = { ...run, scores: scores.map((each) => (each.step === 1 ? { ...each, mean: null } : each)) };
    expect(resample(infinite as unknown as Recording, 6).scores[0]?.mean).toBe(Number.POSITIVE_INFINITY);
  });
});
