import { type Action, forward, keep, restore, run } from './action.ts';
import type { Declaration } from './declaration.ts';
import { taylor } from './forecast.ts';
import { policyKind } from './kind.ts';
import { choiceOption, countOption, type OptionValues } from './options.ts';
import type { PlannedForward, Policy } from './policy.ts';
import type { RunShape } from './run-shape.ts';
import { blockSites, span } from './site.ts';
import { subLayerSlots } from './sub-layer-slots.ts';

/** Options; defaults are those of TaylorSeer's code for Wan. */
const OPTIONS = {
  interval: countOption({
    default: 5,
    of: 'steps',
    least: 1,
    suggested: [1, 8],
    help: 'One step of so many is computed; those between are forecast.',
  }),
  order: countOption({
    default: 1,
    of: 'derivatives',
    least: 0,
    suggested: [0, 3],
    help: 'Derivatives of the forecast: 0 reuses, 1 goes on along a line.',
  }),
  first: countOption({
    default: 1,
    of: 'steps',
    least: 1,
    suggested: [1, 10],
    help: 'So many first steps are computed.',
  }),
  // TaylorSeer's code, and diffusers' hook, whose step after the first ones is forecast already.
  phase: choiceOption({
    default: 'paper',
    choices: ['paper', 'diffusers'],
    help: 'Which steps are computed after the first ones: every interval-th from the last of them, or two later.',
  }),
  what: choiceOption({
    default: 'subLayers',
    choices: ['subLayers', 'stack'],
    help: 'What is forecast: each output of a sub-layer before its gate, or what all blocks add at once.',
  }),
} as const;

/** Most derivatives that the kernel of forecasts has room for. */
const MOST_ORDER = 3;

/**
 * TaylorSeer (arXiv 2503.06923; diffusers' `TaylorSeerCacheConfig`): features are forecast by Taylor series of finite
 * differences, by a schedule that is known beforehand. `stack` is ours: one tensor a branch for each order instead of
 * three a block.
 */
class TaylorSeer implements Policy {
  #computed: readonly Action[] = [];
  #forecast: readonly Action[] = [];

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {}

  declare(shape: RunShape): Declaration {
    const { order, what } = this.options;
    const depth = Math.min(order, MOST_ORDER) + 1;
    const remedy = 'Set policyOptions.what to stack, or policyOptions.order to less, to keep less.';
    if (what === 'subLayers') return { slots: subLayerSlots(shape).map((slot) => ({ ...slot, depth })), remedy };
    return { slots: [{ name: 'stack', site: span(0, shape.blocks - 1), value: 'residual', depth }], remedy };
  }

  begin(shape: RunShape): void {
    const forecast = taylor(Math.min(this.options.order, MOST_ORDER));
    const blocks = blockSites(shape).map((site) => run(site));
    const isStack = this.options.what === 'stack';
    const slots = subLayerSlots(shape);
    this.#computed = isStack
      ? forward(keep('stack', ...blocks))
      : forward(...slots.map(({ name, site }) => keep(name, run(site))));
    this.#forecast = isStack
      ? forward(restore('stack', forecast))
      : forward(...slots.map(({ name }) => restore(name, forecast)));
  }

  plan({ step }: PlannedForward): readonly Action[] {
    const { first, interval, phase } = this.options;
    const after = phase === 'paper' ? step - first + 1 : step - first - 1;
    return step < first || after % interval === 0 ? this.#computed : this.#forecast;
  }
}

/** Forecasts by Taylor series. */
export const taylorseer = policyKind(
  'taylorseer',
  {
    title: 'Forecast what comes (TaylorSeer)',
    group: 'forecasts',
    summary: 'forecasts sub-layers by Taylor series, by a fixed schedule',
    plain: 'Computes one step of several, and carries on in between in the direction in which things were going.',
    source: 'https://arxiv.org/abs/2503.06923',
  },
  OPTIONS,
  (options) => new TaylorSeer(options),
);
