import { MOST_COEFFICIENTS } from '../ops/verdict-rule.ts';
import { type Action, forward, keep, measure, restore, run } from './action.ts';
import type { Declaration, Slot } from './declaration.ts';
import { taylor } from './forecast.ts';
import { policyKind } from './kind.ts';
import {
  choiceOption,
  coefficientsOption,
  countOption,
  numberOption,
  type OptionValues,
  parseCoefficients,
} from './options.ts';
import type { Observation, PlannedForward, Policy } from './policy.ts';
import type { ForwardKey, RunShape } from './run-shape.ts';
import { blockSites } from './site.ts';

/** The share of blocks to recompute by the timestep, fitted by Sortblock's authors; highest power first. */
export const POLYNOMIALS = {
  wan: [-1.74367e-15, 1.20871e-11, -2.11429e-8, 1.49777e-5, -0.00453, 0.4971],
  hunyuan: [8.43677e-14, -2.23758e-10, 2.17396e-7, -9.14454e-5, 0.01364, 0.33195],
  flux: [5.67621e-14, -1.36659e-10, 1.16246e-7, -3.97725e-5, 0.00361, 0.56088],
} as const;

/** Options; defaults are those of the scripts of Sortblock's code. */
const OPTIONS = {
  interval: countOption({
    default: 5,
    of: 'steps',
    least: 1,
    suggested: [1, 9],
    help: 'One step of so many computes all blocks; 1: each.',
  }),
  beta: numberOption({
    default: 0.1,
    least: 0,
    suggested: [0, 1],
    allowed: 'a number from 0',
    help: 'How much of the share of blocks counts that the polynomial asks to recompute; 0 recomputes one.',
  }),
  polynomial: coefficientsOption({
    default: POLYNOMIALS.wan,
    most: MOST_COEFFICIENTS,
    named: POLYNOMIALS,
    help: 'The share of blocks that are recomputed, by the timestep.',
  }),
  timestepFrom: numberOption({
    default: 50,
    least: 0,
    most: 1000,
    suggested: [0, 1000],
    allowed: 'a timestep, 0 to 1000',
    help: 'Below this timestep everything is computed.',
  }),
  timestepTo: numberOption({
    default: 900,
    least: 0,
    most: 1000,
    suggested: [0, 1000],
    allowed: 'a timestep, 0 to 1000',
    help: 'Above this timestep everything is computed.',
  }),
  ranking: choiceOption({
    default: 'late',
    choices: ['late', 'atOnce'],
    help: 'From when on a ranking counts: the second step after it, as published, or the first.',
  }),
} as const;

/** What a forward key goes on from. */
interface KeyState {
  /** Steps since the last that computed all. */
  since: number;
  /** Blocks that are recomputed now, and those that the last ranking chose. */
  selected: ReadonlySet<number>;
  ranked: ReadonlySet<number>;
}

/**
 * Sortblock (arXiv 2508.00412, by its code in PaddleMIX): one step of a few computes everything and ranks the blocks by
 * how far what they add has turned since the last one; until the next the worst are recomputed, the others forecast
 * along a line.
 */
class Sortblock implements Policy {
  readonly #polynomial: readonly number[];
  readonly #keys = new Map<ForwardKey, KeyState>();
  #shape: RunShape | undefined;
  #all: readonly Action[] = [];

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {
    this.#polynomial = parseCoefficients(options.polynomial, POLYNOMIALS);
  }

  declare(shape: RunShape): Declaration {
    const blocks = blockSites(shape);
    const kept = blocks.map((site): Slot => ({ name: site, site, value: 'residual', depth: 2 }));
    const compared = blocks.map((site): Slot => ({ name: `ranked.${site}`, site, value: 'residual' }));
    return {
      slots: [...kept, ...compared],
      measurements: [
        {
          name: 'turn',
          metric: { kind: 'cosine', per: 'token', channels: 1 / 8 },
          slots: compared.map(({ name }) => name),
          updates: true,
        },
      ],
      remedy: 'Make the clip smaller or shorter, or use the policy bwcache, which keeps one tensor a branch.',
    };
  }

  begin(shape: RunShape): void {
    this.#shape = shape;
    this.#keys.clear();
    const none: ReadonlySet<number> = new Set();
    for (const key of shape.keys) this.#keys.set(key, { since: 0, selected: none, ranked: none });
    this.#all = forward(measure('turn', ...blockSites(shape).map((site) => keep(site, run(site)))));
  }

  plan({ step, key, isForced }: PlannedForward): readonly Action[] {
    const shape = this.#shape as RunShape;
    const state = this.#state(key);
    const { interval, timestepFrom, timestepTo, ranking } = this.options;
    const timestep = shape.timesteps[step] ?? Number.NaN;
    const isInside = timestepFrom <= timestep && timestep <= timestepTo;
    // Counted from the first step on, whatever the timestep: so do the calls of the published code.
    if (isForced || step === 0 || !isInside || step % interval === 0) {
      state.since = 0;
      return this.#all;
    }
    state.since++;
    if (state.since > 1 || ranking === 'atOnce') state.selected = state.ranked;
    const { selected } = state;
    return forward(
      ...blockSites(shape).map((site, i) => (selected.has(i) ? keep(site, run(site)) : restore(site, taylor(1)))),
    );
  }

  observe({ step, key, blocks }: Observation): void {
    const { timesteps } = this.#shape as RunShape;
    // The ranking is for the steps to come, the first of which the published code asks.
    const timestep = timesteps[step + 1] ?? 0;
    this.#state(key).ranked = worst(blocks, this.options.beta * shareAt(this.#polynomial, timestep));
  }

  #state(key: ForwardKey): KeyState {
    const state = this.#keys.get(key);
    if (!state) throw new Error(`the run has no forward ${key}`);
    return state;
  }
}

/** A polynomial's share of blocks, by Horner. */
export function shareAt(polynomial: readonly number[], timestep: number): number {
  return polynomial.reduce((value, coefficient) => value * timestep + coefficient, 0);
}

/**
 * The blocks to recompute: those whose distance is at least that of the one at the place `floor(blocks * share)`, the
 * largest first. At least one and not all: a share of 1 would read past the end, as published.
 */
export function worst(distances: readonly number[], share: number): ReadonlySet<number> {
  const most = distances.length - 1;
  const falling = [...distances].sort((a, b) => b - a);
  const least = falling[Math.max(0, Math.min(most, Math.floor(distances.length * share)))] ?? 0;
  const selected = distances.flatMap((distance, i) => (distance >= least ? [i] : []));
  return new Set(selected.slice(0, most));
}

/** Ranked blocks. */
export const sortblock = policyKind(
  'sortblock',
  {
    title: 'Forecast the calmer blocks (Sortblock)',
    group: 'forecasts',
    summary: 'recomputes the blocks that change most, and forecasts the others',
    plain:
      'Ranks the parts of the model by how much they change, works the restless ones out anew and goes on along a line with the others.',
    source: 'https://arxiv.org/abs/2508.00412',
  },
  OPTIONS,
  (options) => new Sortblock(options),
);
