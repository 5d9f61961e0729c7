import { type Action, decide, forward, keep, measure, refresh, restore, run } from './action.ts';
import type { Declaration } from './declaration.ts';
import { type Forecast, taylor } from './forecast.ts';
import { policyKind } from './kind.ts';
import { LIMITS } from './limits.ts';
import { choiceOption, countOption, numberOption, type OptionValues } from './options.ts';
import type { Policy } from './policy.ts';
import type { RunShape } from './run-shape.ts';
import { blockSites, span } from './site.ts';

/** Options; names and defaults are cache-dit's, in our spelling. */
const OPTIONS = {
  fnComputeBlocks: countOption({
    default: 8,
    of: 'blocks',
    least: 1,
    suggested: [1, 8],
    help: 'So many first blocks always run: what they add decides.',
  }),
  bnComputeBlocks: countOption({
    default: 0,
    of: 'blocks',
    least: 0,
    suggested: [0, 8],
    help: 'So many last blocks always run, after what is reused.',
  }),
  residualDiffThreshold: numberOption({
    default: 0.08,
    least: 0,
    suggested: [0, 0.3],
    allowed: 'a number from 0',
    help: 'A step reuses below this difference in what the first blocks add. Higher is faster and rougher.',
  }),
  maxAccumulatedResidualDiff: numberOption({
    default: -1,
    least: -1,
    suggested: [-1, 10],
    allowed: 'a number from 0, or -1 for no limit',
    help: 'Once all differences add up to so much, every further step computes; -1: no limit.',
  }),
  // cache-dit's default; that of others is none.
  warmupSteps: { ...LIMITS.warmupSteps, default: 8 },
  taylor: countOption({
    default: 0,
    of: 'derivatives',
    least: 0,
    suggested: [0, 3],
    help: 'Derivatives by which the middle blocks are forecast; 0: reused as they were.',
  }),
  count: choiceOption({
    default: 'exact',
    choices: ['exact', 'cache-dit'],
    help: 'How maxContinuousCachedSteps counts: steps in a row, or as cache-dit does, whose count outlasts computed steps.',
  }),
} as const;

/** Most derivatives that the kernel of forecasts has room for. */
const MOST_ORDER = 3;

/**
 * Dual Block Cache (github.com/vipshop/cache-dit): the first blocks always run. Where what they add is near to what they
 * added at the last step that computed, what the middle ones added then is reused, or forecast; the last blocks run again.
 */
class DualBlockCache implements Policy {
  #actions: readonly Action[] = [];

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {}

  declare(shape: RunShape): Declaration {
    const remedy = 'Use a smaller size, fewer frames, or set policyOptions.taylor to less.';
    const { first, middle, last } = this.#parts(shape);
    if (middle.length === 0) return { slots: [], remedy };
    const { residualDiffThreshold: threshold, maxAccumulatedResidualDiff: cap, count } = this.options;
    const order = Math.min(this.options.taylor, MOST_ORDER);
    return {
      slots: [
        { name: 'first', site: span(0, first.length - 1), value: 'residual' },
        {
          name: 'middle',
          site: span(first.length, shape.blocks - last.length - 1),
          value: 'residual',
          depth: order + 1,
        },
      ],
      measurements: [
        { name: 'first', metric: { kind: 'relativeL1', denominator: 'older' }, slots: ['first'], updates: false },
      ],
      decisions: [
        {
          name: 'middle',
          measurement: 'first',
          rule: {
            polynomial: [1, 0],
            accumulates: false,
            threshold,
            isStrict: true,
            ...(cap >= 0 && { cap }),
            countsLoosely: count === 'cache-dit',
          },
          computes: [refresh('first'), keep('middle', ...middle)],
          reuses: [order > 0 ? restore('middle', calibrated(order)) : restore('middle')],
        },
      ],
      remedy,
    };
  }

  begin(shape: RunShape): void {
    const { first, middle, last } = this.#parts(shape);
    this.#actions =
      middle.length === 0 ? forward(...first, ...last) : forward(measure('first', ...first), decide('middle'), ...last);
  }

  plan(): readonly Action[] {
    return this.#actions;
  }

  /** The blocks: where the first and the last ones are all, none is left between. */
  #parts(shape: RunShape): Record<'first' | 'middle' | 'last', Action[]> {
    const { fnComputeBlocks, bnComputeBlocks } = this.options;
    const blocks = blockSites(shape).map((site) => run(site));
    const end = Math.max(fnComputeBlocks, shape.blocks - bnComputeBlocks);
    return {
      first: blocks.slice(0, fnComputeBlocks),
      middle: blocks.slice(fnComputeBlocks, end),
      last: blocks.slice(end),
    };
  }
}

/** The first step at which cache-dit's calibrator takes differences. */
const FIRST_DIFFERENCE = 3;

/** Taylor series as cache-dit's calibrator makes them: steps before the fourth take no differences to the one before. */
function calibrated(order: number): Forecast {
  const { depth, weights } = taylor(order);
  return {
    name: `calibrated taylor ${order}`,
    depth,
    weights(kept, step) {
      const differing = kept.findIndex((at) => at < FIRST_DIFFERENCE);
      return weights(differing < 0 ? kept : kept.slice(0, differing + 1), step);
    },
  };
}

/** Dual block caching. */
export const dbcache = policyKind(
  'dbcache',
  {
    title: 'Look at the first blocks (DBCache)',
    group: 'blocks',
    summary: 'reuses all blocks but the first and last ones while the first add much the same',
    plain:
      'Computes the first blocks at each step, and the last ones if asked to. Where the first come out nearly as before, it takes over what lies between.',
    source: 'https://github.com/vipshop/cache-dit',
  },
  OPTIONS,
  (options) => new DualBlockCache(options),
);
