import { describe, expect, test } from 'vitest';
import { configurePolicy } from '../../../src/cache/index.ts';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import { runShape, subLayerDigits } from '../../support/run-shape.ts';
import { artifact } from '../../support/smoothcache.ts';
import { decide, runScript } from './support.ts';

const GOLDEN = artifact(12);
const RUN = runShape(12);

/** What options decide, in one branch. */
const record = (options: object, steps = 12) =>
  decide('smoothcache', { artifact: artifact(steps), ...options }, steps, () => 0);
const mlp = (options: object, steps?: number) => digits(record(options, steps)).mlp;

/** By sub-layer, one row for all blocks; where all went one way, that. */
function digits({ sites }: ReturnType<typeof record>, key: 'cond' | 'uncond' = 'cond') {
  const of = (type: string) => subLayerDigits(sites, key, type) ?? sites.find((row) => row.key === key)?.digits;
  return { selfAttention: of('selfAttention'), crossAttention: of('crossAttention'), mlp: of('mlp') };
}

describe('U4: golden schedules of SmoothCache', () => {
  test.each([
    [0.2, '100100100101'],
    [0.3, '100010001001'],
  ])('threshold %d', (threshold, golden) => {
    expect(digits(record({ threshold }))).toEqual({
      selfAttention: golden,
      crossAttention: golden,
      mlp: golden,
    });
  });

  test('U1: threshold .05 computes everything, by plans as if there were no policy', () => {
    const { schedule, sites, blocks } = record({ threshold: 0.05 });
    expect(schedule.cond).toBe('111111111111');
    expect(sites.map(({ site }) => site)).toEqual(['blocks.0-3']);
    expect(blocks).toEqual({ computed: 48, reused: 0 });
  });
});

describe('laws', () => {
  test('U2: always reusing computes only the forced steps: the first, the last, and every fourth', () => {
    const { blocks, schedule } = record({ threshold: 1e9 });
    expect(schedule.cond).toBe('100010001001');
    expect(blocks).toEqual({ computed: 4 * 4, reused: 8 * 4 });
  });

  test('types take schedules of their own: a block counts by its sub-layers', () => {
    const still = artifact(6, [0.9, 0.9]).errors.mlp;
    const errors = { ...artifact(6, [0.1, 0.1]).errors, mlp: still };
    const mixed = record({ artifact: { ...artifact(6, [0, 0]), errors } }, 6);
    const { blocks, schedule } = mixed;
    expect(digits(mixed)).toEqual({ selfAttention: '100101', crossAttention: '100101', mlp: '111111' });
    expect(schedule.cond).toBe('111111');
    expect(blocks.computed).toBeCloseTo((4 * (2 * 3 + 6)) / 3);
  });

  test('a step that the next one takes nothing from keeps nothing', () => {
    const { policy } = configurePolicy('smoothcache', { artifact: GOLDEN, threshold: 0.2 });
    policy.begin(RUN);
    const kinds = Array.from({ length: 12 }, (_, step) => {
      const [, first] = policy.plan({ step, key: 'cond', isForced: false });
      return first?.kind;
    });
    expect(kinds.slice(9)).toEqual(['keep', 'restore', 'run']);
  });

  test('U6: a run after another, aborted or whole, is a fresh one', () => {
    const { policy } = configurePolicy('smoothcache', { artifact: GOLDEN, threshold: 0.2 });
    const fresh = runScript(new Scheduler(policy, RUN), RUN, () => 0);
    runScript(new Scheduler(policy, RUN), RUN, () => 0, 5);
    expect(runScript(new Scheduler(policy, RUN), RUN, () => 0)).toEqual(fresh);
    expect(digits(fresh)).toEqual(digits(fresh, 'uncond'));
  });

  test.each([Number.NaN, null, Number.POSITIVE_INFINITY])('U9: an error of %s computes', (error) => {
    const unknown = artifact(12, [0, 0, 0]);
    for (const rows of Object.values(unknown.errors)) for (const row of rows) row.fill(error as number);
    expect(record({ artifact: unknown, threshold: 1e9 }).schedule.cond).toBe('111111111111');
  });

  test('U13: an error at the threshold is reused', () => {
    expect(mlp({ threshold: 0.16 })).toBe('100100100101');
    expect(mlp({ threshold: 0.16 - Number.EPSILON })).toBe('101010101011');
  });
});

describe('options', () => {
  test('lookahead bounds the steps reused in a row; 0 reuses none', () => {
    expect(mlp({ threshold: 1, lookahead: 1 })).toBe('101010101011');
    expect(record({ threshold: 1, lookahead: 0 }).schedule.cond).toBe('111111111111');
  });

  test('runs of one and two steps, shorter than the lookahead', () => {
    for (const steps of [1, 2]) expect(record({ threshold: 1 }, steps).schedule.cond).toBe('1'.repeat(steps));
  });
});

describe('U12: an artifact is refused', () => {
  const fits = { model: 'tiny', sampler: 'flow-match-euler', steps: 12 };

  test.each([
    ['model', 'shapes'],
    ['sampler', 'unipc'],
    ['steps', 30],
  ])('for another %s', (name, value) => {
    const { policy } = configurePolicy('smoothcache', { artifact: GOLDEN });
    expect(() => policy.check?.(fits)).not.toThrow();
    expect(() => policy.check?.({ ...fits, [name]: value })).toThrow(`was made for ${name} ${GOLDEN[name as 'model']}`);
  });

  test('U7: when a run of other steps begins', () => {
    const { policy } = configurePolicy('smoothcache', { artifact: GOLDEN });
    expect(() => policy.begin({ ...RUN, steps: 11 })).toThrow('made for steps 12; this run has 11');
  });

  test('when it is missing', () => {
    expect(() => configurePolicy('smoothcache').policy.check?.(fits)).toThrow('policyOptions.artifact is missing');
  });

  test.each([
    ['policy', 'bwcache'],
    ['model', 5],
    ['steps', 0],
    ['kMax', 0],
    ['prompts', 'one'],
    ['errors', {}],
    ['errors', { ...GOLDEN.errors, mlp: GOLDEN.errors.mlp.map((row) => row.slice(1)) }],
  ])('with a wrong %s', (name, value) => {
    const given = { artifact: { ...GOLDEN, [name]: value } };
    expect(() => configurePolicy('smoothcache', given)).toThrow(`policyOptions.artifact: ${name}`);
  });
});
