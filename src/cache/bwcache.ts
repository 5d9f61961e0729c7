import { type Action, forward, keep, measure, restore, run } from './action.ts';
import type { Declaration } from './declaration.ts';
import { policyKind } from './kind.ts';
import { PROBES, probeSlots } from './none.ts';
import { choiceOption, countOption, flagOption, numberOption, type OptionKind, type OptionValues } from './options.ts';
import type { Observation, PlannedForward, Policy } from './policy.ts';
import type { ForwardKey, RunShape } from './run-shape.ts';
import { blockSites, span } from './site.ts';

/** `all`, or k for every k-th block. */
const blocksOption: OptionKind<'all' | number> = {
  default: 'all',
  help: 'Which blocks are measured: all, or k for every k-th, from the first on.',
  allowed: 'all, or k for every k-th block',
  input: { kind: 'text' },
  accepts: (value): value is 'all' | number => value === 'all' || (Number.isInteger(value) && Number(value) >= 1),
};

/** Options, with the paper's defaults. */
const OPTIONS = {
  threshold: numberOption({
    default: 0.15,
    least: 0,
    suggested: [0, 0.3],
    allowed: 'a number from 0',
    help: 'A branch starts to reuse once the mean over its blocks falls below it. Higher is faster and rougher.',
  }),
  // The paper's 10 %.
  interval: numberOption({
    default: 0.1,
    least: 0,
    wholeFrom: 1,
    suggested: [0, 6],
    allowed: 'a count of steps, or a share of them below 1',
    help: 'Steps reused between two computed ones; below 1, a share of all steps.',
  }),
  tail: numberOption({
    default: 0.5,
    least: 0,
    wholeFrom: 1,
    suggested: [0, 6],
    allowed: 'a count of steps, or a share below 1',
    help: 'Last steps that are always computed; below 1, a share of what tailMode says.',
  }),
  // Published code and the paper's text.
  tailMode: choiceOption({
    default: 'index-half',
    choices: ['index-half', 'remaining-half'],
    help: 'What a tail below 1 is a share of: the steps before the trigger, or those after it.',
  }),
  // The paper's Eq. 5, and the published code.
  probe: choiceOption<keyof typeof PROBES>({
    default: 'feature',
    choices: ['feature', 'modulated'],
    help: "What is measured: the blocks' outputs, or the inputs of their self-attention.",
  }),
  // Eq. 7 and 8 to the letter.
  repeatable: flagOption({
    default: false,
    help: 'Every computed step below the threshold starts reuse again, not just the first.',
  }),
  blocks: blocksOption,
  // Earlier steps are still far from the clip, and what they add is soon stale.
  warmup: countOption({
    default: 1,
    of: 'steps',
    least: 1,
    suggested: [1, 10],
    help: 'The first step that may start reuse.',
  }),
  every: countOption({
    default: 1,
    of: 'tokens',
    least: 1,
    suggested: [1, 8],
    help: 'Measures every k-th token: what is kept for that takes 1/k of the memory.',
  }),
} as const;

/** A forward key's decisions. */
interface KeyState {
  /** By step, whether it is computed. */
  readonly computes: boolean[];
  /** First step of the tail; known once triggered. */
  tailStart: number | undefined;
}

/**
 * BWCache (arXiv 2509.13789): while the blocks' features change much from step to step, compute; once the mean of their
 * relative L1 differences falls below a threshold, reuse the stack residual for `interval` steps, compute one, and so
 * on, up to a tail that is computed again.
 */
class BWCache implements Policy {
  readonly #keys = new Map<ForwardKey, KeyState>();
  #steps = 0;
  #blocks: readonly Action[] = [];

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {}

  declare(shape: RunShape): Declaration {
    const { probe, blocks, every } = this.options;
    const probes = probeSlots(shape, PROBES[probe], blocks === 'all' ? 1 : blocks, every);
    return {
      slots: [{ name: 'stack', site: span(0, shape.blocks - 1), value: 'residual' }, ...probes],
      measurements: [
        {
          name: 'probe',
          metric: { kind: 'relativeL1', denominator: 'older' },
          slots: probes.map(({ name }) => name),
          updates: true,
        },
      ],
      remedy: `Set policyOptions.every (now ${every}) or policyOptions.blocks (now ${blocks}) to keep less.`,
    };
  }

  begin(shape: RunShape): void {
    this.#steps = shape.steps;
    this.#blocks = blockSites(shape).map((site) => run(site));
    this.#keys.clear();
    for (const key of shape.keys) {
      this.#keys.set(key, { computes: new Array<boolean>(shape.steps).fill(true), tailStart: undefined });
    }
  }

  plan({ step, key }: PlannedForward): readonly Action[] {
    if (!this.#state(key).computes[step]) return forward(restore('stack'));
    if (this.isDone('probe', key)) return forward(keep('stack', ...this.#blocks));
    return forward(keep('stack', measure('probe', ...this.#blocks)));
  }

  observe({ step, key, mean }: Observation): void {
    // Strictly below; NaN is not.
    if (step < this.options.warmup || this.isDone('probe', key) || !(mean < this.options.threshold)) return;
    this.#trigger(step, this.#state(key));
  }

  isDone(_measurement: string, key: ForwardKey): boolean {
    return !this.options.repeatable && this.#state(key).tailStart !== undefined;
  }

  #trigger(step: number, state: KeyState): void {
    state.tailStart ??= this.#steps - this.#tail(step);
    const interval = this.#interval();
    const end = this.options.repeatable ? Math.min(this.#steps, step + 1 + interval) : this.#steps;
    for (let i = step + 1; i < end; i++) {
      const isRefresh = (i - step - 1) % (interval + 1) === interval;
      state.computes[i] = isRefresh || i >= state.tailStart;
    }
  }

  #interval(): number {
    const { interval } = this.options;
    return interval > 0 && interval < 1 ? Math.max(1, Math.round(interval * this.#steps)) : interval;
  }

  /** Steps of the tail, after a trigger at `step`. 0 is none: no slice from the end is taken, which would be all. */
  #tail(step: number): number {
    const { tail, tailMode } = this.options;
    if (tail >= 1) return tail;
    if (tailMode === 'index-half') return Math.floor(step * tail);
    // 0.1 of 70 is a little above 7 in floating point.
    return Math.ceil((this.#steps - 1 - step) * tail - 1e-9);
  }

  #state(key: ForwardKey): KeyState {
    const state = this.#keys.get(key);
    if (!state) throw new Error(`the run has no forward ${key}`);
    return state;
  }
}

/** Block-wise caching. */
export const bwcache = policyKind(
  'bwcache',
  {
    title: 'Reuse blocks (BWCache)',
    group: 'blocks',
    summary: 'reuses all blocks while their features change little',
    plain:
      'Watches how much the picture changes from step to step. Once it changes little, most steps take over what the last one had worked out.',
    source: 'https://arxiv.org/abs/2509.13789',
  },
  OPTIONS,
  (options) => new BWCache(options),
);
