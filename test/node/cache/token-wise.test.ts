import { describe, expect, test } from 'vitest';
import { flattened } from '../../../src/cache/action.ts';
import { configurePolicy } from '../../../src/cache/index.ts';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import { chooseTokens, randomScores } from '../../../src/cache/token-choice.ts';
import { runShape, subLayerDigits } from '../../support/run-shape.ts';
import { decide, runScript, schedulerOf } from './support.ts';

/** As DiT's code counts. */
const DIT = { stepNumbering: 'down', first: 1, interval: 3, crossInterval: 3 };
const LETTERS: Readonly<Record<string, string>> = { '1': 'F', t: 'T', '0': 'A' };

/** What each step is, by its MLPs. */
const kinds = (policy: string, options: object, steps: number) => {
  const { sites } = decide(policy, { ...options }, steps, () => 0);
  return [...(subLayerDigits(sites, 'cond', 'mlp') ?? '')].map((digit) => LETTERS[digit]).join('');
};

describe('U4: golden schedules', () => {
  test('DuCa for DiT, which counts down', () => {
    expect(kinds('duca', DIT, 12)).toBe('FTFATFATFATF');
    expect(kinds('duca', DIT, 50)).toBe(`F${'FAT'.repeat(16)}F`);
  });

  test('DuCa for Open-Sora: three steps of a list, after three full ones', () => {
    expect(kinds('duca', {}, 12)).toBe('FFFFTAFTAFTA');
    const { sites } = decide('duca', {}, 12, () => 0);
    expect(subLayerDigits(sites, 'cond', 'crossAttention')).toBe('111000100000');
    expect(subLayerDigits(sites, 'cond', 'selfAttention')).toBe('111100100100');
  });

  test('ToCa computes tokens at every step between', () => {
    expect(kinds('toca', DIT, 12)).toBe('FTFTTFTTFTTF');
    expect(kinds('toca', {}, 12)).toBe('FFFFTTFTTFTT');
  });

  test('U1: an interval of 1 computes everything, and keeps nothing', () => {
    for (const policy of ['toca', 'duca']) {
      const { sites } = decide(policy, { interval: 1, crossInterval: 1 }, 6, () => 0);
      expect(sites).toEqual([{ key: 'cond', site: 'blocks.0-3', digits: '111111' }]);
    }
  });

  test('a ratio of 0 reuses all sub-layers between full steps', () => {
    const { sites } = decide('toca', { ratio: 0, crossInterval: 3, first: 1 }, 7, () => 0);
    expect(sites).toEqual([{ key: 'cond', site: 'blocks.0-3', digits: '1001001' }]);
  });
});

describe('tokens', () => {
  const grid = [1, 4, 4] as const;
  const choose = (scores: readonly number[], count: number, bonus = 0) => chooseTokens({ scores, grid, bonus, count });

  test('those with the highest scores are chosen, of equal ones the earlier', () => {
    const scores = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3];
    expect(choose(scores, 3)).toEqual([5, 12, 14]);
    // 5, 12 and 14 have 9, then come 8, 7 and 6, then 5 three times.
    expect(choose(scores, 8)).toEqual([4, 5, 7, 8, 11, 12, 13, 14]);
    expect(choose(scores, 0)).toEqual([]);
    expect(choose(scores, 16)).toEqual(scores.map((_, i) => i));
  });

  test('with a bonus the best of each two by two comes first', () => {
    const scores = [9, 8, 1, 2, 7, 6, 4, 3, 5, 5, 5, 5, 5, 5, 5, 5];
    expect(choose(scores, 4)).toEqual([0, 1, 4, 5]);
    expect(choose(scores, 4, 10)).toEqual([0, 6, 8, 10]);
  });

  test('odd sides leave smaller cells at the edges, and frames are apart', () => {
    const scores = [1, 1, 2, 1, 1, 1, 3, 1, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9];
    const chosen = chooseTokens({ scores, grid: [2, 3, 3], bonus: 100, count: 8 });
    // Of the first frame: 0, 2, 6, 8; of the second the same places.
    expect(chosen).toEqual([0, 2, 6, 8, 9, 11, 15, 17]);
  });

  test('drawn scores depend on the seed, the step and the block, and on nothing else', () => {
    const drawn = randomScores(100, 1, 2, 3);
    expect(randomScores(100, 1, 2, 3)).toEqual(drawn);
    for (const other of [randomScores(100, 2, 2, 3), randomScores(100, 1, 3, 3), randomScores(100, 1, 2, 4)]) {
      expect(other).not.toEqual(drawn);
    }
    const mean = drawn.reduce((sum, score) => sum + score, 0) / 100;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.1);
    expect(drawn.every((score) => score >= 0 && score < 1)).toBe(true);
  });

  /** What a run chooses, by key, step and block. */
  const choices = (options: object, steps: number) => {
    const run = runShape(steps, ['cond', 'uncond']);
    const scheduler = schedulerOf('toca', { ...options }, run);
    const found = new Map<string, readonly number[]>();
    for (let step = 0; step < steps; step++) {
      for (const key of run.keys) {
        for (const action of flattened(scheduler.plan(step, key).actions)) {
          if (action.kind === 'run' && action.tokens) found.set(`${key} ${step} ${action.site}`, action.tokens);
        }
      }
    }
    return found;
  };

  test('both branches choose the same ones', () => {
    const found = choices({ ratio: 0.5 }, 9);
    expect(found.size).toBe(2 * 4 * 4);
    for (const [place, tokens] of found) {
      if (place.startsWith('cond')) expect(found.get(`un${place}`)).toEqual(tokens);
      expect(tokens.length).toBe(6);
    }
  });

  test('where only staleness counts much, every token has its turn', () => {
    // Twelve tokens, three at a time, in four steps between full ones.
    const found = choices({ ratio: 0.25, staleness: 1000, interval: 5, first: 1 }, 5);
    const turns = [1, 2, 3, 4].flatMap((step) => found.get(`cond ${step} block.0.mlp`) ?? []);
    expect(turns.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
  });

  test('their number follows step and block by the published weights', () => {
    const found = choices({ ...DIT, ratio: 0.4, stepWeight: 0.5, layerWeight: -0.5 }, 6);
    // 12 tokens; k counts down: 4 at step 1, 0 at the last. Factors 1.5 - k / 6, and 0.5 + block / 3.
    const count = (k: number, block: number) => Math.floor(12 * 0.4 * (1.5 - k / 6) * (0.5 + block / 3));
    for (const [step, k] of [
      [1, 4],
      [3, 2],
      [4, 1],
    ] as const) {
      for (const block of [0, 1, 2, 3]) {
        expect(found.get(`cond ${step} block.${block}.mlp`)?.length ?? 0).toBe(count(k, block));
      }
    }
  });
});

describe.each(['toca', 'duca'])('%s', (name) => {
  test('U6: a run after another, whole or aborted, is a fresh one', () => {
    const run = runShape(12);
    const actions = (policy: ReturnType<typeof configurePolicy>['policy']) => {
      const scheduler = new Scheduler(policy, run);
      return Array.from({ length: 12 }, (_, step) => run.keys.map((key) => scheduler.plan(step, key).actions));
    };
    const fresh = actions(configurePolicy(name).policy);
    for (const until of [12, 5]) {
      const { policy } = configurePolicy(name);
      runScript(new Scheduler(policy, run), run, () => 0, until);
      expect(actions(policy)).toEqual(fresh);
    }
  });

  test('a step that must compute computes everything, and keeps it', () => {
    const { sites } = decide(name, { stepsMask: '000010000000' }, 12, () => 0);
    expect(subLayerDigits(sites, 'cond', 'mlp')?.[4]).toBe('1');
    expect(subLayerDigits(sites, 'cond', 'crossAttention')?.[4]).toBe('1');
  });
});
