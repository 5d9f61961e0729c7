import { type Action, decide, forward, keep, measure, refresh, restore, run } from './action.ts';
import type { Declaration } from './declaration.ts';
import { policyKind } from './kind.ts';
import { numberOption, type OptionValues } from './options.ts';
import type { Policy } from './policy.ts';
import { scoreBelow } from './rule.ts';
import type { RunShape } from './run-shape.ts';
import { blockSites, span } from './site.ts';

/** Options. */
const OPTIONS = {
  // diffusers' default; ParaAttention takes 0.06 to 0.12, by model.
  threshold: numberOption({
    default: 0.05,
    least: 0,
    suggested: [0, 0.3],
    allowed: 'a number from 0',
    help: 'A step reuses up to this difference in what the first block adds. Higher is faster and rougher.',
  }),
} as const;

/**
 * First-block cache (ParaAttention; diffusers' `FirstBlockCacheConfig`): block 0 always runs. Where what it adds to the
 * residual stream is near to what it added at the last step that computed, what all other blocks added then is reused.
 * Nothing adds up: a slow drift is found since the reference stays where it is until a step computes.
 */
class FirstBlockCache implements Policy {
  #actions: readonly Action[] = [];

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {}

  declare(shape: RunShape): Declaration {
    const remedy = 'Use a smaller size, fewer frames, or policy none.';
    if (shape.blocks === 1) return { slots: [], remedy };
    const others = blockSites(shape)
      .slice(1)
      .map((site) => run(site));
    return {
      slots: [
        { name: 'first', site: 'block.0', value: 'residual' },
        { name: 'others', site: span(1, shape.blocks - 1), value: 'residual' },
      ],
      measurements: [
        {
          name: 'first',
          metric: { kind: 'relativeL1', denominator: 'older' },
          slots: ['first'],
          updates: false,
        },
      ],
      decisions: [
        {
          name: 'others',
          measurement: 'first',
          rule: scoreBelow(this.options.threshold),
          computes: [refresh('first'), keep('others', ...others)],
          reuses: [restore('others')],
        },
      ],
      remedy,
    };
  }

  begin({ blocks }: RunShape): void {
    const first = run('block.0');
    this.#actions = blocks === 1 ? forward(first) : forward(measure('first', first), decide('others'));
  }

  plan(): readonly Action[] {
    return this.#actions;
  }
}

/** First-block caching. */
export const fbcache = policyKind(
  'fbcache',
  {
    title: 'Look at the first block (FBCache)',
    group: 'blocks',
    summary: 'reuses all blocks but the first while what it adds changes little',
    plain:
      'Computes the first of the blocks at each step. Where that comes out nearly as before, it takes over the rest.',
    source: 'https://github.com/chengzeyi/ParaAttention',
  },
  OPTIONS,
  (options) => new FirstBlockCache(options),
);
