import { describe, expect, test } from 'vitest';
import { flattened, forward, run as ran, restore } from '../../../src/cache/action.ts';
import { configurePolicy, POLICIES } from '../../../src/cache/index.ts';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import { artifactFor } from '../../support/artifacts.ts';
import { runShape } from '../../support/run-shape.ts';
import { decide, drift, firesAt, runScript } from './support.ts';

const MEASURED = ['bwcache'] as const;
const EAGER = { threshold: Number.POSITIVE_INFINITY, interval: 99, tail: 0 };

describe.each(MEASURED)('%s', (name) => {
  test('U2: always reusing computes only the forced steps', () => {
    const { schedule, blocks } = decide(name, EAGER, 12, () => 5);
    expect(schedule.cond).toBe('110000000000');
    expect(blocks).toEqual({ computed: 2 * 4, reused: 10 * 4 });
  });

  test('U5: neither branch moves the decisions of the other, in either order', () => {
    const script = (step: number, branch: string) => firesAt(branch === 'cond' ? 3 : 6)(step, 'cond', 0);
    const alone = (trigger: number) => decide(name, { interval: 2 }, 15, firesAt(trigger)).schedule.cond;
    for (const branches of [['cond', 'uncond'] as const, ['uncond', 'cond'] as const]) {
      const { schedule } = decide(name, { interval: 2 }, 15, script, branches);
      expect(schedule).toEqual({ cond: alone(3), uncond: alone(6) });
    }
  });

  test('U6: a run after another, whole or aborted, is a fresh one', () => {
    const run = runShape(15);
    const fresh = decide(name, { interval: 2 }, 15, firesAt(4), ['cond', 'uncond']);
    for (const until of [15, 6, 1]) {
      const { policy } = configurePolicy(name, { interval: 2 });
      runScript(new Scheduler(policy, run), run, firesAt(2), until);
      expect(runScript(new Scheduler(policy, run), run, firesAt(4))).toEqual(fresh);
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('U9: scores of %d never reuse', (mean) => {
    expect(decide(name, { threshold: 1e9 }, 8, () => mean).schedule.cond).toBe('11111111');
    expect(decide(name, EAGER, 8, () => mean).schedule.cond).toBe('11111111');
  });

  test('U13: a mean at the threshold computes, the next number below reuses', () => {
    const digits = (mean: number) => decide(name, { threshold: 0.25, interval: 1 }, 4, () => mean).schedule.cond;
    expect(digits(0.25)).toBe('1111');
    expect(digits(0.25 - Number.EPSILON)).toBe('1101');
  });
});

describe.each(POLICIES.map(({ name }) => name))('%s', (name) => {
  const STEPS = 9;
  const both = ['cond', 'uncond'] as const;
  const hasLimits = 'stepsMask' in (POLICIES.find((kind) => kind.name === name)?.options ?? {});

  // Asked by itself: the scheduler, which would let no policy reuse there, is not to pass this for it.
  test('U14: at the first step it takes nothing that was kept', () => {
    const run = runShape(9, ['cond', 'uncond']);
    const { policy } = configurePolicy(name, artifactFor(name, run));
    policy.declare(run);
    policy.begin(run);
    for (const key of run.keys) {
      const actions = [...flattened(policy.plan({ step: 0, key, isForced: false }))];
      expect(actions.filter((action) => action.kind === 'restore' || (action.kind === 'run' && action.heads))).toEqual(
        [],
      );
    }
  });

  test('U6: a run after another, whole or aborted, is a fresh one', () => {
    const run = runShape(15);
    const options = artifactFor(name, run);
    const scheduled = () => configurePolicy(name, options).policy;
    const fresh = runScript(new Scheduler(scheduled(), run), run, drift(0.01));
    for (const until of [15, 6, 1]) {
      const policy = scheduled();
      runScript(new Scheduler(policy, run), run, drift(0.05), until);
      expect(runScript(new Scheduler(policy, run), run, drift(0.01))).toEqual(fresh);
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'U9: scores of %d are planned with, and the first step computes',
    (score) => {
      const run = runShape(15);
      const { schedule } = runScript(
        new Scheduler(configurePolicy(name, artifactFor(name, run)).policy, run),
        run,
        () => score,
      );
      for (const key of run.keys) expect(schedule[key]).toMatch(/^1[01]{14}$/);
    },
  );

  test.runIf(hasLimits)('U1: a mask of ones computes everything', () => {
    const { schedule, blocks } = decide(
      name,
      { ...artifactFor(name, runShape(STEPS)), stepsMask: '1'.repeat(STEPS) },
      STEPS,
      () => 0,
      both,
    );
    expect(schedule).toEqual({ cond: '1'.repeat(STEPS), uncond: '1'.repeat(STEPS) });
    expect(blocks.reused).toBe(0);
  });

  test.runIf(hasLimits)('where the prompt’s branch leads, both reuse the same', () => {
    const { sites } = decide(
      name,
      { ...artifactFor(name, runShape(STEPS)), branches: 'condLeads' },
      STEPS,
      () => 0,
      both,
    );
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

test('none and fewer-steps compute all of their steps', () => {
  expect(decide('none', {}, 5, () => 0).schedule.cond).toBe('11111');
  expect(decide('fewer-steps', {}, 5, () => 0).schedule.cond).toBe('11111');
  const steps = (share: number) => configurePolicy('fewer-steps', { share }).policy.steps?.(30);
  expect([0.5, 1, 0.01].map(steps)).toEqual([15, 30, 1]);
});

test('a policy that is not built is refused with those that are', () => {
  expect(() => configurePolicy('magic')).toThrow('There is no policy magic. Use one of: none, bwcache');
});
