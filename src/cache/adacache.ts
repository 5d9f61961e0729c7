import { type Action, forward, keep, measure, restore, run } from './action.ts';
import { type Codebook, codebookOption, parseCodebook, rateOf } from './codebook.ts';
import type { Declaration, Measurement, Slot } from './declaration.ts';
import { policyKind } from './kind.ts';
import { countOption, flagOption, numberOption, type OptionValues } from './options.ts';
import type { Observation, PlannedForward, Policy } from './policy.ts';
import type { ForwardKey, RunShape } from './run-shape.ts';
import { blockSites, type Site, span } from './site.ts';

/** Options; defaults are those of AdaCache's code for 30 steps of Open-Sora, its fast codebook. */
const OPTIONS = {
  codebook: codebookOption({
    default: 'fast',
    help: 'Steps to the next computed one, by how much a middle block has changed.',
  }),
  motion: flagOption({
    default: false,
    help: 'Regularises by motion: a clip that moves, or begins to, is computed more often.',
  }),
  // `moreg_hyp` of the code.
  motionScale: numberOption({
    default: 0.385,
    least: 0.001,
    suggested: [0.1, 1],
    allowed: 'a number from 0.001',
    help: 'The motion between neighbouring frames that changes nothing; more means more steps.',
  }),
  motionPower: numberOption({
    default: 8,
    least: 0,
    suggested: [1, 8],
    allowed: 'a number from 0',
    help: 'How steeply motion counts; 8 as published, where twice the scale is 256 times the change.',
  }),
  frames: countOption({
    default: 1,
    of: 'frames',
    least: 1,
    suggested: [1, 4],
    help: 'How far apart the frames are between which motion is measured.',
  }),
} as const;

/** `mograd_mul` of the code. */
const GRADIENT = 10;

/** The share of the run in which motion counts, first and last: 10 to 90 of 100 steps. */
const WINDOW = [0.1, 0.9] as const;

/** What a forward key goes on from. */
interface KeyState {
  /** The step that computes next. */
  next: number;
  /** How many steps after its last the codebook asked for. */
  rate: number;
  /** The last factor of motion, and the motion of the step that is measured now. */
  factor: number;
  motion: number | undefined;
}

/**
 * AdaCache (arXiv 2411.02397): how much a middle block's self-attention has changed since the last computed step tells
 * from a codebook when to compute next; steps between reuse what all blocks added. With MoReg, clips that move are
 * computed more often.
 */
class AdaCache implements Policy {
  readonly #codebook: Codebook;
  readonly #keys = new Map<ForwardKey, KeyState>();
  #steps = 0;
  #compute: readonly Action[] = [];

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {
    this.#codebook = parseCodebook(options.codebook);
  }

  declare(shape: RunShape): Declaration {
    const site = probe(shape);
    const { motion, frames } = this.options;
    const slots: Slot[] = [
      { name: 'stack', site: span(0, shape.blocks - 1), value: 'residual' },
      { name: 'change', site, value: 'residual' },
    ];
    const measurements: Measurement[] = [
      { name: 'change', metric: { kind: 'relativeL1', denominator: 'older' }, slots: ['change'], updates: true },
    ];
    if (motion) {
      slots.push({ name: 'motion', site, value: 'residual' });
      measurements.push({
        name: 'motion',
        metric: { kind: 'motion', stride: frames },
        slots: ['motion'],
        updates: true,
      });
    }
    return { slots, measurements, remedy: 'Use a smaller size, fewer frames, or policy none.' };
  }

  begin(shape: RunShape): void {
    this.#steps = shape.steps;
    this.#keys.clear();
    for (const key of shape.keys) this.#keys.set(key, { next: 0, rate: 1, factor: 1, motion: undefined });
    const measured = probe(shape);
    const attention = (inner: Action) =>
      this.options.motion ? measure('motion', measure('change', inner)) : measure('change', inner);
    const block = (site: Site): Action[] =>
      measured.startsWith(`${site}.`)
        ? shape.subLayers.map((type) => {
            const part = `${site}.${type}` as Site;
            return part === measured ? attention(run(part)) : run(part);
          })
        : [run(site)];
    this.#compute = forward(keep('stack', ...blockSites(shape).flatMap(block)));
  }

  plan({ step, key, isForced }: PlannedForward): readonly Action[] {
    const state = this.#state(key);
    // The first and the last two steps, as published.
    const computes = isForced || step === 0 || step === state.next || step >= this.#steps - 2;
    if (!computes) return forward(restore('stack'));
    state.next = step + state.rate;
    return this.#compute;
  }

  observe({ step, key, measurement, mean }: Observation): void {
    const state = this.#state(key);
    if (measurement === 'motion') {
      state.motion = mean;
      return;
    }
    const change = (mean / state.rate) * this.#regularisation(step, state);
    state.rate = rateOf(this.#codebook, change);
    state.next = step + state.rate;
  }

  /** MoReg: what the change counts times. */
  #regularisation(step: number, state: KeyState): number {
    const { motion } = state;
    // A picture has no motion.
    if (motion === undefined || !Number.isFinite(motion)) return 1;
    const { motionScale, motionPower } = this.options;
    const [from, to] = WINDOW.map((share) => share * this.#steps) as [number, number];
    const isInside = from <= step + 1 && step + 1 <= to;
    const factor = isInside ? (motion / motionScale) ** motionPower : 1;
    const gradient = (GRADIENT * (factor - state.factor)) / state.rate;
    state.factor = factor;
    return factor + Math.abs(gradient);
  }

  #state(key: ForwardKey): KeyState {
    const state = this.#keys.get(key);
    if (!state) throw new Error(`the run has no forward ${key}`);
    return state;
  }
}

/** The self-attention in the middle of the blocks; the first sub-layer, where a model calls it otherwise. */
function probe({ blocks, subLayers }: RunShape): Site {
  return `block.${Math.floor(blocks / 2)}.${subLayers[0]}` as Site;
}

/** Content-adaptive caching. */
export const adacache = policyKind(
  'adacache',
  {
    title: 'Reuse as long as fits the clip (AdaCache)',
    group: 'blocks',
    summary: 'reuses all blocks for as many steps as a middle one has changed little',
    plain:
      'Looks at how much the middle of the model has changed, and skips the more steps the less that was; clips that move may be given more.',
    source: 'https://arxiv.org/abs/2411.02397',
  },
  OPTIONS,
  (options) => new AdaCache(options),
);
