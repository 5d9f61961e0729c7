import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { configurePolicy } from '../../../src/cache/index.ts';
import { predictSchedule, type RecordedRun } from '../../../src/cache/predict.ts';
import { measuredSites } from '../../../src/cache/run-log.ts';
import type { BlockScores } from '../../../src/cache/run-record.ts';
import type { Branch } from '../../../src/cache/run-shape.ts';
import { caseOptions, caseSettings, recordedProbes, recordedScores } from '../../../src/conformance/caching-case.ts';
import { readGolden } from '../../../src/conformance/golden.ts';
import { sourceFromFiles } from '../../../src/weights/source.ts';
import fc from '../../support/property.ts';
import { runShape } from '../../support/run-shape.ts';
import { artifact } from '../../support/smoothcache.ts';
import { drift, firesAt, recorded, type Script, schedulerOf } from './support.ts';

type Options = RecordedRun['policy']['options'];

const BRANCHES: readonly Branch[] = ['cond', 'uncond'];
const BLOCKS = 4;

/** A run without a policy that has measured these scores of its blocks, by branch and step; the first step has none. */
function measuredRun(probe: string, scores: ReadonlyMap<Branch, readonly (readonly number[])[]>): RecordedRun {
  const [first = []] = scores.values();
  const rows = [...scores].flatMap(([branch, steps]) =>
    steps.map((blocks, step): BlockScores => {
      const average = mean(blocks);
      const compared = { measurement: 'probe', reference: step - 1, indicator: average };
      return { step, branch, blocks, mean: average, ...compared };
    }),
  );
  const shape = runShape(first.length, [...scores.keys()], { blocks: first[0]?.length ?? 0 });
  const { policy } = configurePolicy('none', { measure: probe });
  return {
    shape,
    stepsAsked: shape.steps,
    measurements: measuredSites(policy.declare(shape)),
    scores: rows.filter(({ step }) => step > 0),
    policy: { name: 'none', options: { measure: probe } },
  };
}

/** The first reused step; the schedule's length when there is none. */
const firstReuse = (schedule = '') => (schedule.includes('0') ? schedule.indexOf('0') : schedule.length);

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each([0, 1, 2])('recorded case %d of the embedded model', async (number) => {
  const file = `case-${number}.safetensors`;
  const bytes = new Uint8Array(await readFile(`test/fixtures/shapes-bwcache/${file}`));
  const golden = await readGolden(sourceFromFiles([new File([bytes], file)]), file);
  const settings = caseSettings(golden);
  const { schedules, steps } = settings;

  test.each(recordedProbes(golden, settings))(
    'probe $probe: from one full run, every threshold exactly up to where reuse changes the scores',
    ({ probe, scores, thresholds }) => {
      const byStep = ([branch, tensor]: [Branch, Parameters<typeof recordedScores>[0]]) =>
        [branch, Array.from({ length: steps }, (_, step) => recordedScores(tensor, step).blocks)] as const;
      const run = measuredRun(probe, new Map([...scores].map(byStep)));
      expect(thresholds.length).toBeGreaterThan(0);
      for (const { key, threshold } of thresholds) {
        const options = { ...caseOptions(settings), probe, threshold };
        const { schedule, isComplete, computedShare } = predictSchedule(run, { name: 'bwcache', options });
        const real = schedules[key] ?? {};
        const [reuse = steps] = BRANCHES.map((branch) => firstReuse(real[branch])).sort((a, b) => a - b);
        for (const branch of BRANCHES) {
          // The first step of a branch that comes out otherwise is after the one whose scores are of other latents.
          const end = firstReuse(real[branch]) === reuse ? steps : reuse + 2;
          expect(schedule[branch]?.slice(0, end), `${branch}, threshold ${threshold}`).toBe(
            real[branch]?.slice(0, end),
          );
        }
        expect(isComplete).toBe(true);
        const digits = Object.values(schedule).join('');
        expect(computedShare).toBeCloseTo((digits.split('1').length - 1) / digits.length, 12);
      }
    },
  );
});

describe('what a policy did is what is predicted of it', () => {
  const scripts: Record<string, Script> = {
    'at once': () => 0,
    never: () => 9,
    'by branch': (step, branch) => firesAt(branch === 'cond' ? 3 : 6)(step, branch, 0),
    drift: drift(0.04),
  };
  test.each<[string, Options]>([
    ['none', {}],
    ['none', { measure: 'modulated' }],
    ['bwcache', {}],
    ['bwcache', { interval: 2, tail: 3, branches: 'condLeads', warmup: 4 }],
    ['bwcache', { repeatable: true, interval: 3 }],
    ['bwcache', { blocks: 3, every: 2, probe: 'modulated' }],
    ['teacache', { threshold: 0.2, retSteps: 2 }],
    ['teacache', { polynomial: [2, 0.01], cutoff: 0 }],
    ['fbcache', { threshold: 0.1 }],
    ['smoothcache', { artifact: artifact(15), lookahead: 2 }],
    ['fewer-steps', { share: 0.37 }],
  ])('%s %j', (name, options) => {
    for (const [title, script] of Object.entries(scripts)) {
      const run = recorded(name, options, 15, script);
      const { schedule, isComplete, computedShare } = predictSchedule(run, { name, options });
      expect(schedule, title).toEqual(run.schedule);
      expect(isComplete).toBe(true);
      expect(computedShare).toBeCloseTo(run.blocks.computed / (run.blocks.computed + run.blocks.reused), 9);
      // As it comes from a file, where what is infinite is null.
      expect(predictSchedule(JSON.parse(JSON.stringify(run)), { name, options }).schedule).toEqual(schedule);
    }
  });
});

test('fewer steps are as many as would be taken, whatever share of them the recorded run took', () => {
  const shares = [0.01, 0.3, 1 / 3, 0.37, 0.5, 0.73, 1];
  for (let steps = 1; steps <= 100; steps++) {
    const runs = shares.map((share) => recorded('fewer-steps', { share }, steps, () => 0, ['cond']));
    for (const run of runs) {
      for (const [i, share] of shares.entries()) {
        const { schedule, isComplete } = predictSchedule(run, { name: 'fewer-steps', options: { share } });
        expect(schedule, `${share} of ${steps}, from ${run.shape.steps}`).toEqual(runs[i]?.schedule);
        expect(isComplete).toBe(true);
      }
    }
  }
});

describe('from one run that measured everything', () => {
  const STEPS = 12;
  const score = fc.oneof(fc.double({ min: 0, max: 0.4, noNaN: true }), fc.constant(Number.POSITIVE_INFINITY));
  const rows = fc.array(fc.array(score, { minLength: BLOCKS, maxLength: BLOCKS }), {
    minLength: STEPS,
    maxLength: STEPS,
  });
  const options = fc.record({
    threshold: fc.double({ min: 0, max: 0.4, noNaN: true }),
    interval: fc.oneof(fc.nat(5), fc.constant(0.2)),
    tail: fc.oneof(fc.nat(4), fc.constant(0.5)),
    tailMode: fc.constantFrom('index-half', 'remaining-half'),
    warmup: fc.integer({ min: 1, max: 5 }),
    blocks: fc.constantFrom<('all' | number)[]>('all', 2, 3),
    branches: fc.constantFrom('separate', 'condLeads'),
  });

  test('any setting of bwcache goes as the policy itself does with these scores', () => {
    fc.assert(
      fc.property(rows, rows, options, (cond, uncond, options) => {
        const scores = new Map<Branch, number[][]>([
          ['cond', cond],
          ['uncond', uncond],
        ]);
        const shape = runShape(STEPS, BRANCHES, { blocks: BLOCKS });
        const scheduler = schedulerOf('bwcache', options, shape);
        const measured = measuredSites(scheduler.declaration)[0]?.sites.map((site) => Number(site.split('.')[1])) ?? [];
        for (let step = 0; step < STEPS; step++) {
          for (const branch of BRANCHES) {
            const [observes] = scheduler.plan(step, branch).observes;
            if (observes === undefined) continue;
            const blocks = measured.map((block) => scores.get(branch)?.[step]?.[block] as number);
            scheduler.observe(step, branch, observes, step === 0 ? undefined : { blocks, mean: mean(blocks) });
          }
        }
        const { schedule, blocks } = scheduler.record;
        const computedShare = blocks.computed / (blocks.computed + blocks.reused);
        expect(predictSchedule(measuredRun('feature', scores), { name: 'bwcache', options })).toMatchObject({
          schedule,
          isComplete: true,
          computedShare,
        });
      }),
    );
  });
});

describe('where the run has no score', () => {
  const falling: Script = (step) => 0.2 - 0.02 * step;
  const run = recorded('bwcache', { threshold: 0.1, interval: 2, tail: 0 }, 15, falling);
  const predict = (options: Options, from = run) => predictSchedule(from, { name: 'bwcache', options });

  test('a lower threshold ends with the last measured step; a higher one goes through', () => {
    expect(run.schedule).toEqual({ cond: '111111100100100', uncond: '111111100100100' });
    const lower = predict({ threshold: 0.05, interval: 2, tail: 0 });
    // Step 7, which the policy would have computed and measured, was reused.
    expect(lower).toMatchObject({
      schedule: { cond: '11111111', uncond: '11111111' },
      isComplete: false,
      computedShare: 1,
    });
    const higher = predict({ threshold: 0.15, interval: 2, tail: 0 });
    expect(higher.schedule).toEqual({ cond: '111100100100100', uncond: '111100100100100' });
    expect(higher.isComplete).toBe(true);
  });

  test('a branch ends alone, unless it leads the other', () => {
    const script = (step: number, branch: Branch) => (branch === 'cond' ? 0.2 - 0.03 * step : 0.1);
    const run = recorded('bwcache', { threshold: 0.09, interval: 2, tail: 0 }, 9, script);
    expect(run.schedule).toEqual({ cond: '111110010', uncond: '111111111' });
    const options = { threshold: 0.07, interval: 2, tail: 0 };
    expect(predict(options, run).schedule).toEqual({ cond: '111111', uncond: '111111111' });
    expect(predict({ ...options, branches: 'condLeads' }, run).schedule).toEqual({ cond: '111111', uncond: '111111' });
  });

  test('scores of a later step count only against the step that they were compared with', () => {
    const run = recorded('none', { measure: 'feature' }, 9, () => 0);
    // Step 4 is refreshed, and would be compared with step 1, not with step 3.
    const options = { repeatable: true, interval: 2 };
    expect(predict(options, run).schedule).toEqual({ cond: '11001', uncond: '11001' });
    const drifted = recorded('fbcache', { threshold: 0.1 }, 9, drift(0.04));
    expect(drifted.schedule.cond).toBe('100100100');
    // Step 2 computes now: what step 3 would be compared with is not what it was compared with.
    expect(predictSchedule(drifted, { name: 'fbcache', options: { threshold: 0.05 } })).toMatchObject({
      schedule: { cond: '101', uncond: '101' },
      isComplete: false,
      computedShare: (4 + 1 + 4) / 12,
    });
  });

  test('a branch that was never measured ends as soon as its scores are needed', () => {
    const run = recorded('bwcache', { branches: 'condLeads', threshold: 0 }, 6, () => 0.1);
    expect(predict({ threshold: 0 }, run).schedule).toEqual({ cond: '111111', uncond: '11' });
    const blind = recorded('none', {}, 6, () => 0);
    expect(predict({}, blind)).toMatchObject({
      schedule: { cond: '11', uncond: '11' },
      isComplete: false,
      computedShare: 1,
    });
    const unmeasured = { name: 'teacache', options: { retSteps: 3, cutoff: 0 } };
    expect(predictSchedule(blind, unmeasured).schedule).toEqual({ cond: '111', uncond: '111' });
  });
});
