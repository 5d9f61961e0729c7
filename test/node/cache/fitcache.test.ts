import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { MeanScores } from '../../../src/cache/calibration.ts';
import { fitCacheCalibration, gramOf, parseFitCacheArtifact } from '../../../src/cache/fitcache-artifact.ts';
import { type FitRun, fitSteps, fitWeights, type Gram, segmentError } from '../../../src/cache/fitcache-schedule.ts';
import { configurePolicy } from '../../../src/cache/index.ts';
import { parseManifest } from '../../../src/weights/manifest.ts';
import { Random } from '../../support/random.ts';
import { runShape } from '../../support/run-shape.ts';
import { decide, runScript, schedulerOf } from './support.ts';

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((total, value, i) => total + value * (b[i] as number), 0);

/** Predictions of a made-up run: they turn fast at first and at the end, and have noise of their own. */
function trace(steps: number, seed = 1): number[][] {
  const random = new Random(seed);
  return Array.from({ length: steps }, (_, s) => {
    const phase = 2 * Math.tanh((s - steps / 2) / 4);
    const smooth = [Math.cos(phase), Math.sin(phase), 0.3 * Math.cos(2 * phase), 0.1 * (s / steps) ** 2];
    return [...smooth, ...random.values(12, 0.02)];
  });
}

const gram = (vectors: readonly number[][]): Gram => vectors.map((one) => vectors.map((other) => dot(one, other)));
const run = (steps: number, history = 2, lookahead = steps): FitRun => ({
  gram: gram(trace(steps)),
  weights: Array.from({ length: steps }, (_, s) => (1 + s) / steps),
  history,
  lookahead,
});

/** The sum that is minimised. */
function objective(fit: FitRun, chosen: readonly number[]): number {
  return chosen.reduce((sum, _, i) => {
    const kept = chosen.slice(Math.max(0, i + 1 - fit.history), i + 1).reverse();
    return sum + segmentError(fit, kept, chosen[i + 1] ?? fit.weights.length);
  }, 0);
}

/** All ways to choose `count` of the steps, 0 among them. */
function choices(steps: number, count: number): number[][] {
  if (count === 1) return [[0]];
  const found: number[][] = [];
  for (let last = steps - 1; last >= 1; last--) {
    for (const rest of choices(last, count - 1)) found.push([...rest, last]);
  }
  return found;
}

/** Most steps that are left out in a row. */
const longestGap = (chosen: readonly number[], steps: number) =>
  Math.max(...chosen.map((step, i) => (chosen[i + 1] ?? steps) - step - 1));

describe('weights', () => {
  const vectors = trace(9, 7);
  const products = gram(vectors);
  const residual = (weights: readonly number[], kept: readonly number[], step: number) => {
    const off = (vectors[step] as number[]).map((value, d) =>
      kept.reduce((sum, from, i) => sum - (weights[i] as number) * (vectors[from]?.[d] as number), value),
    );
    return dot(off, off);
  };

  test.each([[[3]], [[4, 1]], [[5, 3, 0]]])('of steps %j are the least squares of the vectors themselves', (kept) => {
    const weights = fitWeights(products, kept, 7);
    expect(weights).toHaveLength(kept.length);
    // What is minimised, the ridge included: no weight that is moved makes it less.
    const cost = (tried: readonly number[]) =>
      residual(tried, kept, 7) +
      1e-4 * kept.reduce((sum, from, i) => sum + (tried[i] as number) ** 2 * (products[from]?.[from] as number), 0);
    for (const [i] of weights.entries()) {
      for (const change of [-1e-4, 1e-4]) {
        expect(cost(weights.with(i, (weights[i] as number) + change))).toBeGreaterThan(cost(weights));
      }
    }
  });

  test('of a step that is kept are that step alone, but for the ridge', () => {
    for (const [i, weight] of fitWeights(products, [6, 2], 6).entries()) {
      expect(weight).toBeCloseTo(Number(i === 0), 2);
    }
  });

  test('do not blow up where what is kept is all the same', () => {
    const same = gram([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    for (const weight of fitWeights(same, [1, 0], 2)) expect(weight).toBeCloseTo(0.5, 3);
  });
});

test('the error of a segment is what its forecasts do to the latents, squared', () => {
  const vectors = trace(8, 3);
  const fit = { gram: gram(vectors), weights: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8], history: 2, lookahead: 8 };
  const kept = [3, 1];
  const next = 7;
  const off = new Array<number>(16).fill(0);
  for (let step = 4; step < next; step++) {
    const weights = fitWeights(fit.gram, kept, step);
    for (const [d] of off.entries()) {
      const forecast = kept.reduce((sum, from, i) => sum + (weights[i] as number) * (vectors[from]?.[d] as number), 0);
      const difference = forecast - (vectors[step]?.[d] as number);
      off[d] = (off[d] as number) + (fit.weights[step] as number) * difference;
    }
  }
  expect(segmentError(fit, kept, next)).toBeCloseTo(dot(off, off), 12);
});

describe('U4: dynamic programming', () => {
  test.each([1, 2, 3])('with a history of %d is as good as any choice, for all counts up to ten steps', (history) => {
    for (let steps = 1; steps <= 10; steps++) {
      const fit = run(steps, history);
      for (let count = 1; count <= steps; count++) {
        const ours = fitSteps(fit, count);
        expect(ours).toHaveLength(count);
        const best = Math.min(...choices(steps, count).map((chosen) => objective(fit, chosen)));
        expect(objective(fit, ours)).toBeCloseTo(best, 12);
      }
    }
  });

  test('leaves out no more in a row than it may: of those choices it is the best, or the fewest steps', () => {
    for (const lookahead of [0, 1, 2, 3]) {
      const fit = run(10, 2, lookahead);
      for (let count = 1; count <= 10; count++) {
        const ours = fitSteps(fit, count);
        expect(longestGap(ours, 10)).toBeLessThanOrEqual(lookahead);
        const least = Math.max(count, Math.ceil(10 / (lookahead + 1)));
        expect(ours).toHaveLength(least);
        const lawful = choices(10, least).filter((chosen) => longestGap(chosen, 10) <= lookahead);
        const best = Math.min(...lawful.map((chosen) => objective(fit, chosen)));
        expect(objective(fit, ours)).toBeCloseTo(best, 12);
      }
    }
  });

  test('the golden of twelve steps', () => {
    expect(fitSteps(run(12), 5)).toEqual([0, 1, 3, 9, 10]);
  });

  test('computes the sooner of equal steps', () => {
    // Predictions that do nothing to the latents: no step is off.
    const fit = { ...run(6), weights: new Array<number>(6).fill(0) };
    expect(fitSteps(fit, 3)).toEqual([0, 1, 2]);
  });

  test('takes no time to speak of', () => {
    const fit = run(50, 2, 6);
    const begin = performance.now();
    expect(fitSteps(fit, 17)).toHaveLength(17);
    // 50 ms are wanted; a busy machine has more.
    expect(performance.now() - begin).toBeLessThan(500);
  });
});

const SHAPE = runShape(12);
const RUN = { model: 'tiny', sampler: 'flow-match-euler', steps: 12, shape: SHAPE, prompts: ['a'], distances: 11 };

/** An artifact of the made-up run, as calibration makes it of what is measured. */
function artifact() {
  const scores = new MeanScores();
  const products = gram(trace(12));
  const at = (i: number, j: number) => products[i]?.[j] as number;
  for (let k = 1; k < 12; k++) {
    for (let step = 0; step + k < 12; step++) {
      const [own, other] = [Math.sqrt(at(step, step)), Math.sqrt(at(step + k, step + k))];
      scores.add('velocity', k, step, 1 - at(step, step + k) / own / other);
      scores.add('velocity', k, step, other / own, 'norm');
    }
  }
  return JSON.parse(JSON.stringify(fitCacheCalibration.artifact(scores, RUN)));
}

describe('artifacts', () => {
  test('any two steps are compared', () => {
    expect(fitCacheCalibration.request(SHAPE, 3).distances).toBe(11);
  });

  test('have the inner products of what was measured, up to a scale', () => {
    const made = gramOf(parseFitCacheArtifact(artifact()));
    const products = gram(trace(12));
    const scale = products[0]?.[0] as number;
    for (const [i, row] of products.entries()) {
      for (const [j, value] of row.entries()) expect(made[i]?.[j]).toBeCloseTo(value / scale, 3);
    }
  });

  test.each([
    ['policy', 'bac'],
    ['model', 3],
    ['steps', 0],
    ['steps', 11],
    ['norms', [1]],
    ['norms', new Array(12).fill(0)],
    ['norms', new Array(12).fill(null)],
    ['cosineDistances', [[0]]],
    ['cosineDistances', new Array(11).fill([0])],
  ])('with a wrong %s (%j) are refused by name', (name, value) => {
    const given = { ...artifact(), [name]: value };
    const wrong = name === 'steps' && value !== 0 ? 'norms' : name;
    expect(() => configurePolicy('fitcache', { artifact: given })).toThrow(`artifact: ${wrong}`);
  });

  test('U12: are missing, or of another count of steps', () => {
    expect(() => configurePolicy('fitcache', {}).policy.check?.(RUN)).toThrow('artifact is missing');
    const options = { artifact: artifact() };
    expect(() => decide('fitcache', options, 8, () => 0)).toThrow('was made for steps 12; this run has 8');
  });
});

describe('runs', () => {
  const digits = (options: Readonly<Record<string, unknown>>) =>
    decide('fitcache', { artifact: artifact(), ...options }, 12, () => 0).sites.map((row) => row.digits);

  test('compute the steps of the schedule, and forecast the others', () => {
    const weights = SHAPE.sigmas.slice(1).map((sigma, i) => (SHAPE.sigmas[i] as number) - sigma);
    const fit = { gram: gramOf(parseFitCacheArtifact(artifact())), weights, history: 2, lookahead: 6 };
    const chosen = new Set(fitSteps(fit, 5));
    const wanted = weights.map((_, step) => (chosen.has(step) ? '1' : 'f')).join('');
    expect(digits({ share: 5 })).toEqual([wanted]);
    expect(digits({ share: 0.42 })).toEqual([wanted]);
  });

  test('weigh what was really kept, where a limit forces a step', () => {
    const options = { artifact: artifact(), share: 3, stepsMask: '000001000000' };
    const scheduler = schedulerOf('fitcache', options, runShape(12, ['cond']));
    const products = gramOf(parseFitCacheArtifact(options.artifact));
    const kept: number[] = [];
    for (let step = 0; step < 12; step++) {
      const { weights } = scheduler.plan(step, 'cond');
      if (scheduler.record.schedule.cond?.at(-1) === '1') kept.unshift(step);
      else expect(weights.get('velocity')).toEqual(fitWeights(products, kept.slice(0, 2), step));
    }
    expect(kept).toContain(5);
  });

  test('run nothing of the model where they forecast', () => {
    const scheduler = schedulerOf('fitcache', { artifact: artifact(), share: 1, lookahead: 99 }, SHAPE);
    runScript(scheduler, SHAPE, () => 0, 1);
    for (const key of SHAPE.keys) {
      expect(scheduler.plan(1, key).actions.map(({ kind }) => kind)).toEqual(['restore']);
    }
  });

  test.each([
    ['slow', 17],
    ['balanced', 12],
    ['fast', 8],
  ])('of shapes with the preset %s compute %d of 30 steps', async (preset, count) => {
    const { models } = parseManifest(JSON.parse(await readFile('weights-manifest.json', 'utf8')));
    const options = models[0]?.presets.fitcache?.[preset];
    const artifact = JSON.parse(await readFile(`models/shapes/${options?.artifact}`, 'utf8'));
    const { schedule } = decide('fitcache', { ...options, artifact }, 30, () => 0);
    expect(schedule.cond?.split('1')).toHaveLength(count + 1);
  });
});
