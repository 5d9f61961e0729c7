import { type Action, keep, measure, restore, run } from './action.ts';
import type { Declaration, Measurement, Slot } from './declaration.ts';
import { policyKind } from './kind.ts';
import { type Granularity, type MixRules, MixState } from './mixcache-rules.ts';
import { countOption, flagOption, numberOption, type OptionValues } from './options.ts';
import type { Observation, PlannedForward, Policy } from './policy.ts';
import { branchOf, chunkOf, type ForwardKey, type RunShape } from './run-shape.ts';
import { blockSites, span } from './site.ts';

/** Options: all defaults are ours. */
const OPTIONS = {
  tolerance: numberOption({
    default: 0.15,
    least: 0,
    suggested: [0, 0.5],
    allowed: 'a number from 0',
    help: 'Largest error that is expected of what is reused. Higher is faster and rougher.',
  }),
  warmup: numberOption({
    default: 0.15,
    least: 0,
    wholeFrom: 1,
    suggested: [0, 10],
    allowed: 'a count of steps, or a share of them below 1',
    help: 'First steps that compute, at least four; below 1, a share of all steps.',
  }),
  stableFrom: numberOption({
    default: 0.15,
    least: 0,
    suggested: [0, 1],
    allowed: 'a number from 0',
    help: 'Reuse may begin once the prediction changes less than this from step to step.',
  }),
  stableTo: numberOption({
    default: 0.3,
    least: 0,
    suggested: [0, 1],
    allowed: 'a number from 0',
    help: 'Reuse ends when the prediction changes more than this from step to step.',
  }),
  steadiness: numberOption({
    default: 0.3,
    least: 0,
    suggested: [0, 1],
    allowed: 'a number from 0',
    help: 'How much that change may itself have changed, of itself, for reuse to begin.',
  }),
  most: countOption({
    default: 3,
    of: 'steps',
    least: 0,
    suggested: [0, 6],
    help: 'Most steps between two that compute everything.',
  }),
  step: flagOption({ default: true, help: 'Whether a step may reuse what all blocks add.' }),
  guidance: flagOption({
    default: true,
    help: 'Whether a step may rebuild the branch without the prompt from the other.',
  }),
  middle: flagOption({ default: true, help: 'Whether a step may reuse what the middle blocks add.' }),
} as const;

/** The first and last share of blocks that are none of the middle. */
const OUTER = 0.2;

/**
 * A reconstruction of MixCache (arXiv 2508.12691) from its abstract: of whole steps, guidance and the middle blocks, each
 * step reuses whatever saves most at an error that can be borne. The paper's equations and numbers were not to be had:
 * what stands here is ours.
 */
class MixCache implements Policy {
  /** By chunk of frames: the branches of a step decide together. */
  readonly #states = new Map<number, MixState>();
  #shape: RunShape | undefined;

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {}

  declare(shape: RunShape): Declaration {
    const [first, last] = middle(shape);
    const slots: Slot[] = [
      { name: 'step', site: span(0, shape.blocks - 1), value: 'residual' },
      { name: 'middle', site: span(first, last), value: 'residual' },
      { name: 'guidance', site: 'velocity', value: 'output', relativeTo: 'cond' },
      { name: 'step.before', site: 'velocity', value: 'output' },
      { name: 'middle.before', site: span(first, last), value: 'residual' },
      { name: 'guidance.before', site: 'velocity', value: 'output', relativeTo: 'cond' },
    ];
    const measurements = (['step', 'middle', 'guidance'] as const).map(
      (name): Measurement => ({
        name,
        metric: { kind: 'relativeL1', denominator: 'older' },
        slots: [`${name}.before`],
        updates: true,
      }),
    );
    const kept = this.#hasGuidance(shape) ? slots : slots.filter(({ relativeTo }) => relativeTo === undefined);
    const taken = measurements.filter((one) => one.slots.every((name) => kept.some((slot) => slot.name === name)));
    return { slots: kept, measurements: taken, remedy: 'Use a smaller size, fewer frames, or policy none.' };
  }

  begin(shape: RunShape): void {
    const { steps, blocks } = shape;
    const { warmup, most, tolerance, stableFrom, stableTo, steadiness } = this.options;
    const [first, last] = middle(shape);
    const share = (last - first + 1) / blocks;
    const arms: readonly (readonly [Granularity, number, boolean])[] = [
      ['step', 1, this.options.step],
      ['middle', share, this.options.middle],
      ['guidance', 0.5, this.options.guidance && this.#hasGuidance(shape)],
    ];
    const rules: MixRules = {
      warmup: Math.max(4, warmup < 1 ? Math.ceil(warmup * steps) : warmup),
      last: steps - 1,
      most,
      tolerance,
      stableFrom,
      stableTo,
      steadiness,
      share,
      savings: new Map(arms.flatMap(([name, saved, isOn]) => (isOn ? [[name, saved]] : []))),
    };
    this.#shape = shape;
    this.#states.clear();
    for (const key of shape.keys) this.#states.set(chunkOf(key), new MixState(rules));
  }

  plan({ step, key, isForced }: PlannedForward): readonly Action[] {
    const isCond = branchOf(key) === 'cond';
    const kind = this.#state(key).decide(step, isForced);
    if (kind === 'step') return [run('embed'), restore('step'), run('head')];
    if (kind === 'guidance' && !isCond) return [restore('guidance')];
    const shape = this.#shape as RunShape;
    const [first, last] = middle(shape);
    const blocks = blockSites(shape).map((site): Action => run(site));
    const [before, after] = [blocks.slice(0, first), blocks.slice(last + 1)];
    if (kind === 'middle') return [run('embed'), ...before, restore('middle'), ...after, run('head')];
    // A step that has reused anything refreshes nothing.
    if (kind === 'guidance') return [run('embed'), ...blocks, run('head')];
    const inner = keep('middle', measure('middle', ...blocks.slice(first, last + 1)));
    const head = measure('step', run('head'));
    const isRebuilt = !isCond && this.#hasGuidance(shape);
    return [
      run('embed'),
      keep('step', ...before, inner, ...after),
      isRebuilt ? keep('guidance', measure('guidance', head)) : head,
    ];
  }

  observe({ step, key, measurement, mean }: Observation): void {
    // The prompt's branch tells how steady the run is; of the other signals, the larger of both branches counts.
    if (measurement !== 'step' || branchOf(key) === 'cond') {
      this.#state(key).observe(step, measurement as Granularity, mean);
    }
  }

  #hasGuidance({ keys }: RunShape): boolean {
    return keys.some((key) => branchOf(key) === 'uncond');
  }

  #state(key: ForwardKey): MixState {
    const state = this.#states.get(chunkOf(key));
    if (!state) throw new Error(`the run has no forward ${key}`);
    return state;
  }
}

/** First and last of the middle blocks. */
function middle({ blocks }: RunShape): readonly [number, number] {
  const outer = Math.floor(OUTER * blocks);
  return [outer, blocks - 1 - outer];
}

/** Mixed granularities: a reconstruction. */
export const mixcache = policyKind(
  'mixcache',
  {
    title: 'Reuse by turns (MixCache, reconstructed)',
    group: 'mixed',
    summary: 'reuses steps, guidance or middle blocks by turns (our reconstruction)',
    plain:
      'A reconstruction: by turns skips whole steps, the pass without the prompt or the middle of the model, whichever saves most at little harm.',
    source: 'https://arxiv.org/abs/2508.12691',
  },
  OPTIONS,
  (options) => new MixCache(options),
);
