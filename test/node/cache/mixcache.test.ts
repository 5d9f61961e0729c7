import { describe, expect, test } from 'vitest';
import { configurePolicy } from '../../../src/cache/index.ts';
import { type Granularity, type MixRules, MixState, type StepKind } from '../../../src/cache/mixcache-rules.ts';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import { Random } from '../../support/random.ts';
import { runShape } from '../../support/run-shape.ts';
import { decide } from './support.ts';

const RULES: MixRules = {
  warmup: 4,
  last: 29,
  most: 3,
  tolerance: 0.15,
  stableFrom: 0.15,
  stableTo: 0.3,
  steadiness: 0.3,
  share: 0.6,
  savings: new Map<Granularity, number>([
    ['step', 1],
    ['middle', 0.6],
    ['guidance', 0.5],
  ]),
};

/** The kinds of a run's steps, from changes at its full ones. */
function kinds(rules: MixRules, changeOf: (step: number, kind: Granularity) => number, steps = 30): StepKind[] {
  const state = new MixState(rules);
  return Array.from({ length: steps }, (_, step) => {
    const kind = state.decide(step, step === 0);
    if (kind === 'full' && step > 0) {
      for (const each of ['step', 'guidance', 'middle'] as const) state.observe(step, each, changeOf(step, each));
    }
    return kind;
  });
}

describe('what a step reuses', () => {
  test('by turns what saves most, and everything anew after the most steps between', () => {
    const found = kinds(RULES, () => 0.03);
    expect(found.slice(0, 12).map((kind) => kind[0])).toEqual([...'ffff', ...'smsf', ...'smsf']);
    expect(found.at(-1)).toBe('full');
  });

  test('no two in a row alike, never more than the most between full steps: over 10,000 runs of any changes', () => {
    const random = new Random(4);
    const wrong: string[] = [];
    for (let run = 0; run < 10_000; run++) {
      const most = random.integer(0, 5);
      const scale = 0.4 * random.next();
      const found = kinds({ ...RULES, most }, () => scale * random.next());
      const reused = found.map((kind) => (kind === 'full' ? ' ' : kind[0])).join('');
      const isForced = reused.slice(0, RULES.warmup).trim() === '' && reused[RULES.last] === ' ';
      if (/ss|mm|gg/.test(reused) || reused.split(' ').some((row) => row.length > most) || !isForced)
        wrong.push(reused);
    }
    expect(wrong).toEqual([]);
  });

  test('with two of the three off, only the third', () => {
    for (const only of ['step', 'guidance', 'middle'] as const) {
      const found = kinds({ ...RULES, savings: new Map([[only, 1]]) }, () => 0.03);
      expect(new Set(found)).toEqual(new Set(['full', only]));
    }
  });

  test('U1: a tolerance of 0 computes everything', () => {
    expect(kinds({ ...RULES, tolerance: 0 }, () => 0.03)).toEqual(new Array(30).fill('full'));
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('U9: changes of %d never reuse', (change) => {
    expect(kinds(RULES, () => change)).toEqual(new Array(30).fill('full'));
  });

  test('begins where changes are steady, and ends where they are large', () => {
    const growing = kinds(RULES, (step) => 0.001 * 2 ** step);
    expect(growing.slice(0, 20)).toEqual(new Array(20).fill('full'));
    expect(kinds(RULES, (step) => (step < 8 ? 0.03 : 2)).slice(11)).toEqual(new Array(19).fill('full'));
  });
});

test('what its steps are made of: blocks, middle blocks, a branch rebuilt from the other', () => {
  const shape = runShape(30, ['cond', 'uncond'], { blocks: 5 });
  const { policy } = configurePolicy('mixcache', { step: false });
  const scheduler = new Scheduler(policy, shape);
  for (let step = 0; step < 12; step++) {
    for (const key of shape.keys) {
      for (const measurement of scheduler.plan(step, key).observes) {
        const mean = 0.03;
        scheduler.observe(step, key, measurement, step === 0 ? undefined : { mean, blocks: [mean] });
      }
    }
  }
  const rows = Object.fromEntries(scheduler.record.sites.map(({ key, site, digits }) => [`${key} ${site}`, digits]));
  expect(rows).toEqual({
    'cond block.0': '111111111111',
    'cond blocks.1-3': '111110101010',
    'cond block.4': '111111111111',
    'uncond block.0': '111111b111b1',
    'uncond blocks.1-3': '111110b010b0',
    'uncond block.4': '111111b111b1',
  });
});

test('without guidance nothing is rebuilt', () => {
  const { sites } = decide('mixcache', {}, 12, () => 0.03, ['cond']);
  expect(sites.map(({ digits }) => digits).join('')).not.toContain('b');
});
