import { type Action, forward, keep, restore, run } from '../../src/cache/action.ts';
import type { Declaration } from '../../src/cache/declaration.ts';
import { taylor } from '../../src/cache/forecast.ts';
import { policyKind } from '../../src/cache/kind.ts';
import { countOption, type OptionValues } from '../../src/cache/options.ts';
import type { PlannedForward, Policy } from '../../src/cache/policy.ts';
import type { RunShape } from '../../src/cache/run-shape.ts';
import { blockSites, span } from '../../src/cache/site.ts';

const OPTIONS = {
  interval: countOption({
    default: 2,
    of: 'steps',
    least: 1,
    suggested: [1, 6],
    help: 'One step of so many computes its blocks.',
  }),
} as const;

/** Computes one step of so many; between them, what all blocks add is continued along a line from the last two. */
class Interval implements Policy {
  #blocks: readonly Action[] = [];

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {}

  declare({ blocks }: RunShape): Declaration {
    return {
      slots: [{ name: 'stack', site: span(0, blocks - 1), value: 'residual', depth: 2 }],
      remedy: 'Make the clip smaller or shorter.',
    };
  }

  begin(shape: RunShape): void {
    this.#blocks = blockSites(shape).map((site) => run(site));
  }

  plan({ step }: PlannedForward): readonly Action[] {
    const computes = step % this.options.interval === 0;
    return forward(computes ? keep('stack', ...this.#blocks) : restore('stack', taylor(1)));
  }
}

/** A line of `POLICIES` in `src/cache/index.ts`. */
export const interval = policyKind(
  'interval',
  {
    title: 'Every so many steps',
    group: 'forecasts',
    summary: 'computes one step of so many',
    plain: 'Computes one step of several, and carries on along a line in between.',
  },
  OPTIONS,
  (options) => new Interval(options),
);
