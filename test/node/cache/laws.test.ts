import { describe, expect, test } from 'vitest';
import { forward, run as ran, restore, takesKept } from '../../../src/cache/action.ts';
import { configurePolicy, POLICIES } from '../../../src/cache/index.ts';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import { artifactFor } from '../../support/artifacts.ts';
import { LAWS, type Law } from '../../support/laws.ts';
import { runShape } from '../../support/run-shape.ts';
import { decide, runScript, type Script, schedulerOf } from './support.ts';

const STEPS = 12;
const BOTH = ['cond', 'uncond'] as const;
const SEPARATE = { branches: 'separate' } as const;
const constant = (score: number) => () => score;
/** What a policy cannot run without. */
const needs = (name: string) => ({ ...artifactFor(name, runShape(STEPS)), ...LAWS[name]?.artifact?.options });
const laws = POLICIES.map(({ name }) => [name, LAWS[name] as Law] as const);
const withLaw = <K extends keyof Law>(kind: K) =>
  laws.flatMap(([name, law]) => {
    const part = law[kind];
    return part === undefined ? [] : [[name, part as NonNullable<Law[K]>, law] as const];
  });

const hasLimits = (name: string) => 'stepsMask' in (POLICIES.find((kind) => kind.name === name)?.options ?? {});

test('every policy has its laws', () => {
  expect(Object.keys(LAWS).sort()).toEqual(POLICIES.map(({ name }) => name).sort());
});

test.each(withLaw('never'))('U1: %s set so never reuses', (name, options) => {
  expect(decide(name, { ...needs(name), ...options }, STEPS, constant(1e-6)).schedule.cond).toBe('1'.repeat(STEPS));
});

test.each(withLaw('eager'))(
  'U2: %s set so computes only the forced steps',
  (name, { options, digits, blocksBefore }) => {
    const { schedule, blocks } = decide(name, { ...needs(name), ...options }, STEPS, constant(5));
    expect(schedule.cond).toBe(digits);
    const reused = (digits.split('0').length - 1) * (4 - (blocksBefore ?? 0));
    if (blocksBefore !== undefined) expect(blocks).toEqual({ computed: STEPS * 4 - reused, reused });
  },
);

test.each(withLaw('script'))(
  'U5: of %s neither branch moves the decisions of the other, in either order',
  (name, script, { some }) => {
    const rates = { cond: 0.04, uncond: 0.02 };
    const byBranch: Script = (step, branch, computed) => script(rates[branch])(step, branch, computed);
    const options = { ...needs(name), ...some, ...SEPARATE };
    const alone = (branch: 'cond' | 'uncond') => decide(name, options, STEPS, script(rates[branch])).schedule.cond;
    expect(alone('cond')).not.toBe(alone('uncond'));
    for (const branches of [['cond', 'uncond'] as const, ['uncond', 'cond'] as const]) {
      const { schedule } = decide(name, options, STEPS, byBranch, branches);
      expect(schedule).toEqual({ cond: alone('cond'), uncond: alone('uncond') });
    }
  },
);

test.each(withLaw('some'))('U6: of %s a run after another, whole or aborted, is a fresh one', (name, some, law) => {
  const options = { ...needs(name), ...some };
  const run = runShape(STEPS);
  const script = law.script?.(0.02) ?? constant(0.01);
  const fresh = decide(name, options, STEPS, script, run.keys as ['cond', 'uncond']);
  expect(fresh.sites.map(({ digits }) => digits).join('')).toMatch(/[0fb]/);
  for (const until of [STEPS, 6, 1]) {
    const { policy, limits } = configurePolicy(name, options);
    runScript(new Scheduler(policy, run, {}, limits), run, law.script?.(0.04) ?? constant(0.02), until);
    expect(runScript(new Scheduler(policy, run, {}, limits), run, script)).toEqual(fresh);
  }
});

test.each(withLaw('script'))(
  'U9: scores that nothing can be told by never reuse with %s',
  (name, _, { eager, some }) => {
    for (const score of [Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const options of [eager?.options, some]) {
        expect(decide(name, { ...needs(name), ...options }, STEPS, constant(score)).schedule.cond).toBe(
          '1'.repeat(STEPS),
        );
      }
    }
  },
);

test.each(withLaw('artifact'))(
  'U12: %s refuses an artifact that was made for another run',
  (name, { options, fits }) => {
    const run = { model: 'tiny', sampler: 'flow-match-euler', steps: STEPS };
    const { policy } = configurePolicy(name, options);
    policy.check?.(run);
    const others = { model: 'wan-1.3b', sampler: 'uni-pc', steps: 30 };
    for (const [what, other] of Object.entries(others)) {
      const check = () => policy.check?.({ ...run, [what]: other });
      if (fits.some((one) => one === what)) expect(check).toThrow(`was made for ${what}`);
      else check();
    }
  },
);

test.each(withLaw('boundary'))('U13: %s at its threshold, and the next number on its other side', (name, boundary) => {
  const reuses = (score: number) =>
    decide(name, { ...needs(name), ...boundary.options(0.25) }, 3, constant(score)).schedule.cond?.includes('0');
  const [below, above] = [0.25 - 2 ** -25, 0.25 + 2 ** -25];
  expect([below, 0.25, above].map(reuses)).toEqual([true, boundary.reuses, false]);
});

describe.each(laws)('%s', (name, { some, eager }) => {
  // Asked by itself: the scheduler, which would let no policy reuse there, is not to pass this for it.
  test('U14: at the first step it takes nothing that was kept', () => {
    const { policy } = configurePolicy(name, { ...needs(name), ...(eager?.options ?? some) });
    const run = runShape(STEPS);
    policy.declare(run);
    policy.begin(run);
    for (const key of run.keys) {
      const actions = policy.plan({ step: 0, key, isForced: false });
      expect(takesKept(actions)).toBe(false);
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'U9: scores of %d are planned with, and the first step computes',
    (score) => {
      const { schedule } = decide(name, needs(name), STEPS, constant(score), BOTH);
      for (const key of BOTH) expect(schedule[key]).toMatch(/^1[01]{11}$/);
    },
  );

  test.runIf(hasLimits(name))('U1: a mask of ones computes everything', () => {
    const { schedule, blocks } = decide(name, { ...needs(name), stepsMask: '1'.repeat(STEPS) }, STEPS, () => 0, BOTH);
    expect(schedule).toEqual({ cond: '1'.repeat(STEPS), uncond: '1'.repeat(STEPS) });
    expect(blocks.reused).toBe(0);
  });

  test.runIf(hasLimits(name))('where the prompt’s branch leads, both reuse the same', () => {
    const { sites } = decide(name, { ...needs(name), branches: 'condLeads' }, STEPS, () => 0, BOTH);
    const of = (key: string) => sites.filter((row) => row.key === key).map(({ site, digits }) => [site, digits]);
    expect(of('uncond')).toEqual(of('cond'));
  });

  test('an option that it does not have is refused by name', () => {
    expect(() => configurePolicy(name, { treshold: 1 })).toThrow(/no option treshold/);
  });
});

test('U14: a policy that would reuse at once computes the first step, and has kept all that it reuses at the next', () => {
  const slots = [{ name: 'stack', site: 'blocks.0-3', value: 'residual' }] as const;
  const eager = { declare: () => ({ slots, remedy: '' }), begin() {}, plan: () => forward(restore('stack')) };
  const run = runShape(3, ['cond']);
  expect(runScript(new Scheduler(eager, run), run, () => 0).schedule.cond).toBe('100');
  const bySubLayer = {
    ...eager,
    declare: () => ({ slots: [{ name: 'mlp', site: 'block.0.mlp', value: 'beforeGate' }] as const, remedy: '' }),
    plan: () => forward(ran('block.0.selfAttention'), ran('block.0.crossAttention'), restore('mlp')),
  };
  expect(runScript(new Scheduler(bySubLayer, run), run, () => 0).schedule.cond).toBe('100');
});

test('steps are planned in order, once', () => {
  const scheduler = new Scheduler(configurePolicy('none').policy, runShape(3, ['cond']));
  scheduler.plan(0, 'cond');
  expect(() => scheduler.plan(0, 'cond')).toThrow('step 0 of cond planned after 1 steps');
  expect(() => scheduler.plan(2, 'cond')).toThrow('step 2 of cond planned after 1 steps');
});

test('what the steps on their way come to is not known, and forces no step to compute', () => {
  // As on a GPU, whose verdict of a step comes after the next one has been planned.
  const run = runShape(4, ['cond']);
  const scheduler = schedulerOf('fbcache', { threshold: 1, maxContinuousCachedSteps: 1 }, run);
  scheduler.decide(scheduler.plan(0, 'cond'), Number.POSITIVE_INFINITY);
  scheduler.decided(scheduler.plan(1, 'cond'), 0, false);
  scheduler.plan(2, 'cond');
  expect(scheduler.plan(3, 'cond').decides?.isForced).toBe(false);
});

test('none and fewer-steps compute all of their steps', () => {
  expect(decide('none', {}, 5, () => 0).schedule.cond).toBe('11111');
  expect(decide('fewer-steps', {}, 5, () => 0).schedule.cond).toBe('11111');
  const steps = (share: number) => configurePolicy('fewer-steps', { share }).policy.steps?.(30);
  expect([0.5, 1, 0.01].map(steps)).toEqual([15, 30, 1]);
});

test('a policy that is not built is refused with those that are', () => {
  expect(() => configurePolicy('magic')).toThrow('There is no policy magic. Use one of: none, bwcache');
});
