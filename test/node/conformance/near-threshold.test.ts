import { describe, expect, test } from 'vitest';
import type { Branch } from '../../../src/cache/run-shape.ts';
import { differByRounding, type MeanOf, type Schedules } from '../../../src/conformance/near-threshold.ts';
import { runShape } from '../../support/run-shape.ts';

const THRESHOLD = 0.08;
/** Means that rounding decides about: either may have been seen as the other. */
const NEAR = THRESHOLD * (1 + 1e-6);
const [ABOVE, BELOW] = [0.2, 0.01];

/** Twelve steps: a trigger is followed by two reused steps and a computed one, the last is computed. */
const OPTIONS = { threshold: THRESHOLD, interval: 2, tail: 1, probe: 'feature' };
const TRIGGERED = {
  3: '111100100101',
  4: '111110010011',
  5: '111111001001',
} as const;

/** Means by step, `ABOVE` where none is given. */
const means =
  (at: Readonly<Record<number, number>>): MeanOf =>
  (step) =>
    at[step] ?? ABOVE;

/** A run without guidance. */
function judge(
  recorded: string,
  ours: string,
  recordedMean: MeanOf,
  { ourMean = recordedMean, options = {} }: { ourMean?: MeanOf; options?: Readonly<Record<string, boolean>> } = {},
): boolean {
  return differByRounding({
    shape: runShape(12, ['cond'], { blocks: 2 }),
    options: { ...OPTIONS, ...options },
    recorded: { cond: recorded },
    ours: { cond: ours },
    recordedMean,
    ourMean,
  });
}

describe('a schedule that is not the recorded one', () => {
  test('is excused where the mean that triggers is at the threshold, whichever run triggered first', () => {
    const recordedMean = means({ 4: NEAR, 5: BELOW });
    expect(judge(TRIGGERED[5], TRIGGERED[4], recordedMean)).toBe(true);
    expect(judge(TRIGGERED[4], TRIGGERED[5], recordedMean)).toBe(true);
  });

  test('is not excused by a mean that is near after the trigger, or before it at another step', () => {
    expect(judge(TRIGGERED[5], TRIGGERED[4], means({ 5: BELOW, 7: NEAR, 8: NEAR }))).toBe(false);
    expect(judge(TRIGGERED[5], TRIGGERED[4], means({ 3: NEAR, 5: BELOW }))).toBe(false);
    expect(judge(TRIGGERED[4], TRIGGERED[5], means({ 3: NEAR, 4: BELOW }))).toBe(false);
  });

  test('is not excused where what follows is not what follows from the other decision', () => {
    const recordedMean = means({ 4: NEAR, 5: BELOW });
    expect(judge(TRIGGERED[5], '111110100111', recordedMean)).toBe(false);
    expect(judge(TRIGGERED[5], '111111111111', recordedMean)).toBe(false);
    // One step later, where the mean was not near.
    expect(judge(TRIGGERED[4], '111111100101', recordedMean)).toBe(false);
  });

  test('is not excused where the recorded one cannot be either', () => {
    expect(judge('111111011011', TRIGGERED[4], means({ 4: NEAR, 5: BELOW }))).toBe(false);
  });

  test('may part at the second of two means that are near', () => {
    const recordedMean = means({ 3: NEAR, 4: NEAR, 5: BELOW });
    expect(judge(TRIGGERED[3], TRIGGERED[5], recordedMean)).toBe(true);
    expect(judge(TRIGGERED[5], TRIGGERED[4], recordedMean)).toBe(true);
  });

  test('is judged by our own means once something has been reused', () => {
    // Repeatable: the computed step 6 decides again. Its mean of a run that never reuses says nothing.
    const options = { repeatable: true };
    const [once, again] = ['111100111111', '111100100111'];
    const recordedMean = means({ 3: BELOW, 6: NEAR });
    const ourMean = (at6: number) => means({ 3: BELOW, 6: at6 });
    expect(judge(once, again, recordedMean, { options, ourMean: ourMean(NEAR) })).toBe(true);
    expect(judge(once, again, recordedMean, { options, ourMean: ourMean(BELOW) })).toBe(false);
    expect(judge(again, once, recordedMean, { options, ourMean: ourMean(ABOVE) })).toBe(false);
    expect(judge(again, once, recordedMean, { options, ourMean: () => undefined })).toBe(false);
  });
});

describe('with guidance', () => {
  const both = (
    recorded: Schedules,
    ours: Schedules,
    recordedMean: Readonly<Record<Branch, MeanOf>>,
    ourMean: Readonly<Record<Branch, MeanOf>> = recordedMean,
    options: Readonly<Record<string, string>> = {},
  ) =>
    differByRounding({
      shape: runShape(12, ['cond', 'uncond'], { blocks: 2 }),
      options: { ...OPTIONS, ...options },
      recorded,
      ours,
      recordedMean: (step, branch) => recordedMean[branch](step, branch),
      ourMean: (step, branch) => ourMean[branch](step, branch),
    });

  test("a mean of one branch does not excuse the other's schedule", () => {
    const near = { cond: means({ 4: NEAR, 5: BELOW }), uncond: means({ 5: BELOW }) };
    const recorded = { cond: TRIGGERED[5], uncond: TRIGGERED[5] };
    expect(both(recorded, { cond: TRIGGERED[4], uncond: TRIGGERED[5] }, near)).toBe(true);
    expect(both(recorded, { cond: TRIGGERED[5], uncond: TRIGGERED[4] }, near)).toBe(false);
    expect(both(recorded, { cond: TRIGGERED[4], uncond: TRIGGERED[4] }, near)).toBe(false);
  });

  test('a branch that decides for both takes the other along', () => {
    const near = { cond: means({ 4: NEAR, 5: BELOW }), uncond: () => undefined };
    const recorded = { cond: TRIGGERED[5], uncond: TRIGGERED[5] };
    const led = { branches: 'condLeads' };
    expect(both(recorded, { cond: TRIGGERED[4], uncond: TRIGGERED[4] }, near, near, led)).toBe(true);
    expect(both(recorded, { cond: TRIGGERED[4], uncond: TRIGGERED[5] }, near, near, led)).toBe(false);
  });
});
