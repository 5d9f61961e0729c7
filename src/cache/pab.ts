import { type Action, forward, keep, restore, run } from './action.ts';
import type { Declaration } from './declaration.ts';
import { policyKind } from './kind.ts';
import { choiceOption, countOption, numberOption, type OptionKind, type OptionValues } from './options.ts';
import type { PlannedForward, Policy } from './policy.ts';
import type { RunShape, SubLayer } from './run-shape.ts';
import { blockSites, type Site } from './site.ts';
import { subLayerSlots } from './sub-layer-slots.ts';

/** Options; defaults are diffusers' for video: every second self-attention, within timesteps 100 to 800. */
const OPTIONS = {
  spatial: countOption({
    default: 2,
    of: 'steps',
    least: 1,
    suggested: [1, 9],
    help: 'Self-attention is computed at one step of so many; 1: at each.',
  }),
  cross: countOption({
    default: 3,
    of: 'steps',
    least: 1,
    suggested: [1, 9],
    help: 'Cross-attention is computed at one step of so many; 1: at each.',
  }),
  spatialFrom: from('Self-attention'),
  spatialTo: to('Self-attention'),
  crossFrom: from('Cross-attention'),
  crossTo: to('Cross-attention'),
  // diffusers' hook knows of no branches: with guidance in two forwards, each counts, and reuses what the other kept.
  counter: choiceOption({
    default: 'steps',
    choices: ['steps', 'forwards'],
    help: "What intervals count: each branch its steps, or as diffusers' hook both branches forwards in turn.",
  }),
} as const;

function from(type: string): OptionKind<number> {
  return timestep(100, `${type} is not reused at timesteps up to this one.`);
}

function to(type: string): OptionKind<number> {
  return timestep(800, `${type} is not reused at timesteps from this one on.`);
}

/** A timestep, or one before or after all. */
function timestep(fallback: number, help: string): OptionKind<number> {
  const range = { least: -1, most: 1001, suggested: [0, 1000], allowed: 'a timestep, -1 to 1001' } as const;
  return numberOption({ default: fallback, ...range, help });
}

/**
 * Pyramid Attention Broadcast (arXiv 2408.12588; diffusers' `PyramidAttentionBroadcastConfig`): in the middle of a run
 * attention changes little, cross-attention least. Each type is reused by an interval of its own while the timestep
 * lies strictly between two. The first reuse may take what was computed before that, as published.
 */
class PyramidAttentionBroadcast implements Policy {
  #shape: RunShape | undefined;

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {}

  declare(shape: RunShape): Declaration {
    const remedy =
      'Make the clip smaller or shorter, or use a policy that reuses whole steps, which keeps one tensor a branch.';
    const isShared = this.options.counter === 'forwards';
    const slots = subLayerSlots(shape, this.#types(shape));
    return { slots: slots.map((slot) => ({ ...slot, ...(isShared && { isShared }) })), remedy };
  }

  begin(shape: RunShape): void {
    this.#shape = shape;
  }

  plan({ step, key }: PlannedForward): readonly Action[] {
    const shape = this.#shape as RunShape;
    const { keys } = shape;
    const timestep = shape.timesteps[step] ?? Number.NaN;
    const counted = this.options.counter === 'steps' ? step : step * keys.length + keys.indexOf(key);
    const reuses = (type: SubLayer) =>
      this.#isInside(type, timestep) && counted > 0 && counted % this.#interval(type) !== 0;
    const types = this.#types(shape);
    const decided = (block: Site, type: SubLayer): Action => {
      const site = `${block}.${type}` as Site;
      if (!types.includes(type)) return run(site);
      return reuses(type) ? restore(site) : keep(site, run(site));
    };
    if (types.length === 0) return forward(...blockSites(shape).map((site) => run(site)));
    return forward(...blockSites(shape).flatMap((block) => shape.subLayers.map((type) => decided(block, type))));
  }

  /** The sub-layers of the model that are ever reused. */
  #types({ subLayers }: RunShape): SubLayer[] {
    return subLayers.filter((type) => this.#interval(type) > 1);
  }

  #isInside(type: SubLayer, timestep: number): boolean {
    const { spatialFrom, spatialTo, crossFrom, crossTo } = this.options;
    return type === 'selfAttention'
      ? spatialFrom < timestep && timestep < spatialTo
      : crossFrom < timestep && timestep < crossTo;
  }

  #interval(type: SubLayer): number {
    const { spatial, cross } = this.options;
    return type === 'selfAttention' ? spatial : type === 'crossAttention' ? cross : 1;
  }
}

/** Pyramid attention broadcast. */
export const pab = policyKind(
  'pab',
  {
    title: 'Reuse attention (PAB)',
    group: 'subLayers',
    summary: 'reuses attention by fixed intervals in the middle of a run',
    plain:
      'In the middle of a run, looks less often at how the parts of the picture relate to each other and to the prompt.',
    source: 'https://arxiv.org/abs/2408.12588',
  },
  OPTIONS,
  (options) => new PyramidAttentionBroadcast(options),
);
