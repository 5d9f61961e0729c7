import { describe, expect, test } from 'vitest';
import { along } from '../../../src/cache/forecast-along.ts';
import { bands } from '../../../src/cache/forecast-bands.ts';
import { configurePolicy } from '../../../src/cache/index.ts';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import { runShape, subLayerDigits } from '../../support/run-shape.ts';
import { decide, runScript, schedulerOf } from './support.ts';

/** As the published scripts, whose counters begin at 1: computed where one is a multiple of the interval. */
const SCRIPTS = [
  ['Latte', 50, { uncondInterval: 5, uncondPhase: 4, uncondTo: 670 }, { attentionInterval: 2, attentionTo: 710 }],
  ['Open-Sora', 30, { uncondInterval: 5, uncondPhase: 4, uncondTo: 650 }, { attentionInterval: 2, attentionTo: 780 }],
  [
    'Open-Sora-Plan',
    150,
    { uncondInterval: 6, uncondPhase: 5, uncondTo: 743 },
    { attentionInterval: 3, attentionPhase: 2, attentionTo: 710 },
  ],
  [
    'CogVideoX',
    50,
    { uncondInterval: 5, uncondPhase: 4, uncondTo: 670 },
    { attentionInterval: 3, attentionPhase: 2, attentionTo: 670 },
  ],
] as const;
const COMPUTED: Readonly<Record<string, readonly [uncond: number, attention: number]>> = {
  Latte: [24, 32],
  'Open-Sora': [15, 18],
  'Open-Sora-Plan': [58, 80],
  CogVideoX: [24, 28],
};

const ones = (digits = '') => [...digits].filter((digit) => digit === '1').length;

describe('U4: golden schedules of FasterCache', () => {
  test.each(SCRIPTS)('%s', (name, steps, uncond, attention) => {
    const { schedule } = decide('fastercache', { ...uncond, attentionInterval: 1 }, steps, () => 0, ['cond', 'uncond']);
    const options = { uncondInterval: 1, ...attention, attention: 'always' };
    const { sites } = decide('fastercache', options, steps, () => 0, ['cond', 'uncond']);
    const digits = subLayerDigits(sites, 'cond', 'selfAttention');
    expect([ones(schedule.uncond), ones(digits)]).toEqual(COMPUTED[name]);
    expect(subLayerDigits(sites, 'uncond', 'selfAttention')).toBe(digits);
    if (name === 'Latte') expect(schedule.uncond).toBe('11111111111111111001000010000100001000010000100001');
  });

  test('diffusers’: attention only beside a branch that is rebuilt', () => {
    const { sites, schedule } = decide('fastercache', {}, 30, () => 0, ['cond', 'uncond']);
    expect(schedule.uncond).toBe('111111111110000100001000010000');
    const digits = subLayerDigits(sites, 'cond', 'selfAttention') ?? '';
    for (const [step, digit] of [...digits].entries()) {
      const isRebuilt = schedule.uncond?.[step] === '0';
      expect(digit).toBe(isRebuilt && step % 2 === 1 ? 'f' : '1');
    }
    expect(subLayerDigits(sites, 'uncond', 'selfAttention')).toBeUndefined();
  });
});

test('without guidance only attention is extrapolated', () => {
  const { schedule, sites } = decide('fastercache', {}, 10, () => 0, ['cond']);
  expect(Object.keys(schedule)).toEqual(['cond']);
  expect(subLayerDigits(sites, 'cond', 'selfAttention')).toBe('11111f1f1f');
});

describe('what is kept', () => {
  /** The steps whose values a forecast goes on from, told by its weights' count and by what the scheduler knows. */
  const weights = (options: object, step: number) => {
    const run = runShape(10, ['cond', 'uncond']);
    const scheduler = schedulerOf('fastercache', { uncondTo: 1001, attentionTo: 1001, ...options }, run);
    let found: ReadonlyMap<string, readonly number[]> = new Map();
    for (let i = 0; i <= step; i++) {
      for (const key of run.keys) {
        const forward = scheduler.plan(i, key);
        if (i === step) found = new Map([...found, ...forward.weights]);
      }
    }
    return found;
  };

  test('attention goes on along its last change, more and more where the weight rises', () => {
    const at = (options: object, step: number) => weights(options, step).get('block.0.selfAttention');
    expect(at({ weight: 0.3 }, 1)).toEqual([1]);
    expect(at({ weight: 0.3 }, 3)).toEqual([1.3, -0.3]);
    const rising = { weight: 1, weightMode: 'rising' };
    // From the first step that extrapolates, 1, to the last, 9.
    expect(at(rising, 3)).toEqual([1.25, -0.25]);
    expect(at(rising, 9)).toEqual([2, -1]);
  });

  test('scales multiply from rebuilt step to rebuilt step, or do not', () => {
    const scales = { lowScale: 1.1, lowFrom: -1, lowTo: 1001, highScale: 2, highFrom: -1, highTo: 1001 };
    expect(weights(scales, 4).get('difference')).toEqual([1.1 * 1.1 * 1.1 * 1.1, 16]);
    expect(weights(scales, 6).get('difference')).toEqual([1.1, 2]);
    expect(weights({ ...scales, bandScale: 'once' }, 4).get('difference')).toEqual([1.1, 2]);
  });

  test('each band is scaled in its own range of timesteps', () => {
    const scales = { lowScale: 2, lowFrom: 750, lowTo: 1001, highScale: 3, highFrom: -1, highTo: 750 };
    // Timesteps 900 and 800, then 700 and 600.
    expect(weights(scales, 4).get('difference')).toEqual([4, 9]);
  });

  test('U14: what must compute keeps what each branch has, and no more', () => {
    const run = runShape(6, ['cond', 'uncond']);
    const scheduler = schedulerOf('fastercache', { uncondTo: 1001, attentionTo: 1001, stepsMask: '111101' }, run);
    const { schedule, sites } = runScript(scheduler, run, () => 0);
    expect(schedule.uncond).toBe('111101');
    expect(sites[0]).toEqual({ key: 'cond', site: 'blocks.0-3', digits: '111111' });
  });

  test('where the prompt’s branch decides for both, the other keeps and reuses what it does', () => {
    const options = { uncondTo: 1001, attentionTo: 1001, branches: 'condLeads' };
    const { sites } = decide('fastercache', options, 6, () => 0, ['cond', 'uncond']);
    expect(subLayerDigits(sites, 'uncond', 'selfAttention')).toBe('1f1f11');
    expect(subLayerDigits(sites, 'cond', 'selfAttention')).toBe('1f1f11');
  });
});

test('extrapolation is exact on lines with a weight of 1 and equal distances', () => {
  const line = (step: number) => 3 - 2 * step;
  const sum = along(1)
    .weights([4, 2], 6)
    .reduce((total, weight, i) => total + weight * line([4, 2][i] as number), 0);
  expect(sum).toBeCloseTo(line(6), 12);
});

test('bands: cumulative scales come to a power', () => {
  expect(bands(() => [1.1, 1], true).weights([7], 10)[0]).toBeCloseTo(1.1 ** 3, 12);
  expect(bands(() => [1.1, 1], false).weights([7], 10)).toEqual([1.1, 1]);
});

test('U6: a run after another, aborted, is a fresh one', () => {
  const run = runShape(12, ['cond', 'uncond']);
  const fresh = decide('fastercache', {}, 12, () => 0, ['cond', 'uncond']);
  const { policy } = configurePolicy('fastercache');
  runScript(new Scheduler(policy, run), run, () => 0, 7);
  expect(runScript(new Scheduler(policy, run), run, () => 0)).toEqual(fresh);
});
