import { type Action, forward, keep, restore, run } from './action.ts';
import type { Declaration, Slot } from './declaration.ts';
import type { Forecast } from './forecast.ts';
import { along } from './forecast-along.ts';
import { type BandScales, bands } from './forecast-bands.ts';
import { policyKind } from './kind.ts';
import { choiceOption, countOption, numberOption, type OptionValues } from './options.ts';
import type { PlannedForward, Policy } from './policy.ts';
import { branchOf, type RunShape } from './run-shape.ts';
import { blockSites, type Site } from './site.ts';
import { subLayerSlots } from './sub-layer-slots.ts';

/** A timestep, the end of a range that it is itself not in. */
function timestepOption(fallback: number, help: string) {
  return numberOption({
    default: fallback,
    least: -1,
    most: 1001,
    suggested: [-1, 1001],
    allowed: 'a timestep, -1 to 1001',
    help,
  });
}

/** What a band is multiplied by. */
function scaleOption(help: string) {
  return numberOption({ default: 1.1, least: 0, suggested: [0.8, 1.5], allowed: 'a number from 0', help });
}

/** Options; defaults are those of diffusers' `FasterCacheConfig`. */
const OPTIONS = {
  uncondInterval: countOption({
    default: 5,
    of: 'steps',
    least: 1,
    suggested: [1, 10],
    help: 'The branch without a prompt is computed at one step of so many; 1: at each.',
  }),
  uncondPhase: countOption({
    default: 0,
    of: 'steps',
    least: 0,
    suggested: [0, 9],
    help: 'What is left of the number of such a step, divided by the interval.',
  }),
  uncondFrom: timestepOption(-1, 'The branch without a prompt is always computed up to this timestep.'),
  uncondTo: timestepOption(641, 'The branch without a prompt is always computed from this timestep on.'),
  attentionInterval: countOption({
    default: 2,
    of: 'steps',
    least: 1,
    suggested: [1, 6],
    help: 'Self-attention is computed at one step of so many; 1: at each.',
  }),
  attentionPhase: countOption({
    default: 0,
    of: 'steps',
    least: 0,
    suggested: [0, 5],
    help: 'What is left of the number of such a step, divided by the interval.',
  }),
  attentionFrom: timestepOption(-1, 'Self-attention is always computed up to this timestep.'),
  attentionTo: timestepOption(681, 'Self-attention is always computed from this timestep on.'),
  // diffusers' hook, and the published code.
  attention: choiceOption({
    default: 'rebuilt',
    choices: ['rebuilt', 'always'],
    help: 'Where attention may be extrapolated: only beside a branch that is rebuilt, or in both branches at any step.',
  }),
  history: choiceOption({
    default: 'all',
    choices: ['all', 'computed'],
    help: 'What attention is extrapolated from: the last two outputs, extrapolated ones included, or two computed ones.',
  }),
  weight: numberOption({
    default: 0.5,
    least: 0,
    suggested: [0, 1],
    allowed: 'a number from 0',
    help: 'How far attention goes on along its last change; 0 reuses it as it is.',
  }),
  // diffusers' default, and the paper.
  weightMode: choiceOption({
    default: 'constant',
    choices: ['constant', 'rising'],
    help: 'Whether that weight is the same throughout, or rises from 0 to it from the first such step to the last.',
  }),
  lowScale: scaleOption('What the low frequencies of the difference between the branches are multiplied by.'),
  lowFrom: timestepOption(99, 'Low frequencies are not scaled up to this timestep.'),
  lowTo: timestepOption(901, 'Low frequencies are not scaled from this timestep on.'),
  highScale: scaleOption('What the high frequencies of the difference between the branches are multiplied by.'),
  highFrom: timestepOption(-1, 'High frequencies are not scaled up to this timestep.'),
  highTo: timestepOption(301, 'High frequencies are not scaled from this timestep on.'),
  // Code and diffusers, and the paper.
  bandScale: choiceOption({
    default: 'cumulative',
    choices: ['cumulative', 'once'],
    help: 'Whether the scales of rebuilt steps in a row multiply, or each step takes its own.',
  }),
} as const;

/** The sub-layer that is extrapolated. */
const ATTENTION = 'selfAttention';

/**
 * FasterCache (arXiv 2410.19355; diffusers' `FasterCacheConfig`): the branch without a prompt is rebuilt from the other and
 * what it last differed by, in two bands of frequencies; self-attention goes on along the line of its last two outputs.
 * Both by fixed intervals in a range of timesteps.
 */
class FasterCache implements Policy {
  #shape: RunShape | undefined;

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {}

  declare(shape: RunShape): Declaration {
    const { attention, uncondInterval } = this.options;
    const slots: Slot[] = [];
    if (isGuided(shape) && uncondInterval > 1) {
      slots.push({ name: 'difference', site: 'velocity', value: 'bands', relativeTo: 'cond', branch: 'uncond' });
    }
    for (const slot of this.#extrapolates(shape) ? subLayerSlots(shape, [ATTENTION]) : []) {
      slots.push({ ...slot, depth: 2, ...(attention === 'rebuilt' && { branch: 'cond' as const }) });
    }
    return { slots, remedy: 'Set policyOptions.attentionInterval to 1, which keeps one velocity.' };
  }

  begin(shape: RunShape): void {
    this.#shape = shape;
  }

  plan({ step, key }: PlannedForward): readonly Action[] {
    const shape = this.#shape as RunShape;
    const isUncond = branchOf(key) === 'uncond';
    if (isUncond && this.#isRebuilt(shape, step)) return [restore('difference', this.#bands(shape))];
    const isKept = this.#extrapolates(shape) && !(isUncond && this.options.attention === 'rebuilt');
    const blocks = blockSites(shape).flatMap((block) =>
      isKept ? shape.subLayers.map((type) => this.#subLayer(shape, step, block, type)) : [run(block)],
    );
    const [embed, ...others] = forward(...blocks);
    const head = others.pop() as Action;
    const isCompared = isUncond && this.options.uncondInterval > 1;
    return [embed as Action, ...others, isCompared ? keep('difference', head) : head];
  }

  #subLayer(shape: RunShape, step: number, block: Site, type: string): Action {
    const site = `${block}.${type}` as Site;
    if (type !== ATTENTION) return run(site);
    if (!this.#isExtrapolated(shape, step)) return keep(site, run(site));
    const restored = restore(site, this.#along(shape, step));
    return this.options.history === 'all' ? keep(site, restored) : restored;
  }

  #isRebuilt(shape: RunShape, step: number): boolean {
    const { uncondInterval, uncondPhase, uncondFrom, uncondTo } = this.options;
    const isDue = step % uncondInterval === uncondPhase % uncondInterval;
    return isGuided(shape) && step > 0 && !isDue && isBetween(shape, step, uncondFrom, uncondTo);
  }

  #isExtrapolated(shape: RunShape, step: number): boolean {
    const { attention } = this.options;
    return this.#isInRange(shape, step) && (attention === 'always' || !isGuided(shape) || this.#isRebuilt(shape, step));
  }

  /** Whether attention is left out at a step, whatever the other branch does. */
  #isInRange(shape: RunShape, step: number): boolean {
    const { attentionInterval, attentionPhase, attentionFrom, attentionTo } = this.options;
    const isDue = step % attentionInterval === attentionPhase % attentionInterval;
    return step > 0 && !isDue && isBetween(shape, step, attentionFrom, attentionTo);
  }

  /** Whether attention is extrapolated at any step of a run. */
  #extrapolates(shape: RunShape): boolean {
    return shape.subLayers.includes(ATTENTION) && shape.timesteps.some((_, step) => this.#isExtrapolated(shape, step));
  }

  #along(shape: RunShape, step: number): Forecast {
    const { weight, weightMode } = this.options;
    if (weightMode === 'constant') return along(weight);
    const first = shape.timesteps.findIndex((_, i) => this.#isInRange(shape, i));
    const last = shape.timesteps.findLastIndex((_, i) => this.#isInRange(shape, i));
    return along((weight * (step - first)) / Math.max(1, last - first));
  }

  #bands(shape: RunShape): Forecast {
    const { lowScale, lowFrom, lowTo, highScale, highFrom, highTo, bandScale } = this.options;
    const scales = (step: number): BandScales => [
      isBetween(shape, step, lowFrom, lowTo) ? lowScale : 1,
      isBetween(shape, step, highFrom, highTo) ? highScale : 1,
    ];
    return bands(scales, bandScale === 'cumulative');
  }
}

function isGuided({ keys }: RunShape): boolean {
  return keys.some((key) => branchOf(key) === 'uncond');
}

/** Whether a step's timestep lies strictly between two. */
function isBetween({ timesteps }: RunShape, step: number, from: number, to: number): boolean {
  const timestep = timesteps[step] ?? Number.NaN;
  return from < timestep && timestep < to;
}

/** FasterCache. */
export const fastercache = policyKind(
  'fastercache',
  {
    title: 'Rebuild a pass from another (FasterCache)',
    group: 'branches',
    summary: 'rebuilds one branch from the other, and extrapolates attention, by intervals',
    plain: 'Works mostly on the picture with the prompt, and infers from it the one without that it is compared with.',
    source: 'https://arxiv.org/abs/2410.19355',
  },
  OPTIONS,
  (options) => new FasterCache(options),
);
