import { type Action, forward, keep, restore, run } from './action.ts';
import type { Declaration, Slot } from './declaration.ts';
import type { Forecast } from './forecast.ts';
import { chebyshev } from './forecast-chebyshev.ts';
import { policyKind } from './kind.ts';
import { choiceOption, countOption, numberOption, type OptionValues } from './options.ts';
import type { PlannedForward, Policy } from './policy.ts';
import type { RunShape } from './run-shape.ts';
import { blockSites, span } from './site.ts';

/** Most values that the kernel of forecasts has room for; stable-diffusion.cpp keeps as many. */
const MOST_KEPT = 6;

/** Options; defaults are those of stable-diffusion.cpp, but for what is forecast, which is the paper's. */
const OPTIONS = {
  window: numberOption({
    default: 2,
    least: 1,
    suggested: [1, 6],
    allowed: 'a number of steps from 1',
    help: 'After the first steps, one step of so many is computed, rounded down.',
  }),
  growth: numberOption({
    default: 0.5,
    least: 0,
    suggested: [0, 2],
    allowed: 'a number of steps from 0',
    help: 'What that window grows by with each such step.',
  }),
  first: countOption({
    default: 4,
    of: 'steps',
    least: 1,
    suggested: [2, 10],
    help: 'So many first steps are computed; two at least, since a line needs two.',
  }),
  last: numberOption({
    default: 0.1,
    least: 0,
    most: 1,
    suggested: [0, 0.5],
    allowed: 'a share of the steps, 0 to 1',
    help: 'This share of the steps, the last ones, is computed.',
  }),
  degree: countOption({
    default: 3,
    of: 'degrees',
    least: 0,
    suggested: [1, 5],
    help: 'Degree of the polynomials.',
  }),
  ridge: numberOption({
    default: 1,
    least: 1e-6,
    suggested: [0.01, 2],
    allowed: 'a number above 0',
    help: 'How much the fit is held back: the ridge of its regression.',
  }),
  share: numberOption({
    default: 0.4,
    least: 0,
    most: 1,
    suggested: [0, 1],
    allowed: 'a share, 0 to 1',
    help: 'What the fit counts for; the rest is a line through the last two values.',
  }),
  // stable-diffusion.cpp, and the published code.
  line: choiceOption({
    default: 'half',
    choices: ['half', 'distance'],
    help: 'How far that line goes on: half of the last change, or as far as the step is.',
  }),
  what: choiceOption({
    default: 'output',
    choices: ['output', 'stack', 'velocity'],
    help: "What is forecast: the last block's output, what all blocks add, or the prediction.",
  }),
  // Both codes' constant.
  span: countOption({
    default: 50,
    of: 'steps',
    least: 1,
    suggested: [10, 100],
    help: 'Steps that the interval of the polynomials stands for.',
  }),
} as const;

/**
 * Spectrum (arXiv 2603.01623), as in stable-diffusion.cpp: by a schedule that is known beforehand and grows sparser, what a
 * forward comes to is forecast by Chebyshev polynomials that are fitted to its last computed values.
 */
class Spectrum implements Policy {
  readonly #forecast: Forecast;
  #computes: readonly boolean[] = [];
  #blocks: readonly Action[] = [];

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {
    const { degree, ridge, share, line, span } = options;
    this.#forecast = chebyshev({ depth: MOST_KEPT, degree, ridge, share, line, span });
  }

  declare(shape: RunShape): Declaration {
    const remedy = 'Set policyOptions.what to velocity, which keeps less, or make the clip smaller.';
    if (!this.#schedule(shape).includes(false)) return { slots: [], remedy };
    const { what } = this.options;
    const site = what === 'velocity' ? 'velocity' : span(0, shape.blocks - 1);
    const slot: Slot = { name: what, site, value: what === 'stack' ? 'residual' : 'output', depth: MOST_KEPT };
    return { slots: [slot], remedy };
  }

  begin(shape: RunShape): void {
    this.#computes = this.#schedule(shape);
    this.#blocks = blockSites(shape).map((site) => run(site));
  }

  plan({ step }: PlannedForward): readonly Action[] {
    const { what } = this.options;
    const computes = this.#computes[step];
    if (!this.#computes.includes(false)) return forward(...this.#blocks);
    if (what !== 'velocity') return forward(computes ? keep(what, ...this.#blocks) : restore(what, this.#forecast));
    if (!computes) return [restore(what, this.#forecast)];
    const [embed, ...others] = forward(...this.#blocks);
    const head = others.pop() as Action;
    return [embed as Action, ...others, keep(what, head)];
  }

  #schedule({ steps }: RunShape): boolean[] {
    const { window, growth, first, last } = this.options;
    // 0.9 of 30 is a little above 27 in floating point.
    const end = Math.floor((1 - last) * steps + 1e-9);
    const computes: boolean[] = [];
    let [size, reused] = [window, 0];
    for (let step = 0; step < steps; step++) {
      const isDue = (reused + 1) % Math.max(1, Math.floor(size)) === 0;
      const isComputed = step < Math.max(2, first) || step >= end || isDue;
      if (isComputed && step >= first) size += growth;
      reused = isComputed ? 0 : reused + 1;
      computes.push(isComputed);
    }
    return computes;
  }
}

/** Forecasts by fitted polynomials. */
export const spectrum = policyKind(
  'spectrum',
  {
    title: 'Follow the curve (Spectrum)',
    group: 'forecasts',
    summary: 'forecasts all blocks by polynomials through their last outputs, ever more often',
    plain: 'Lays a smooth curve through the last few computed steps and follows it, for longer and longer.',
    source: 'https://arxiv.org/abs/2603.01623',
  },
  OPTIONS,
  (options) => new Spectrum(options),
);
