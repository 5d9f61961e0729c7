import { MOST_COEFFICIENTS } from '../ops/verdict-rule.ts';
import { type Action, decide, forward, keep, measure, restore, run } from './action.ts';
import type { Declaration } from './declaration.ts';
import { cutoffOption, retStepsOption } from './forced-steps.ts';
import { policyKind } from './kind.ts';
import { coefficientsOption, numberOption, type OptionValues, parseCoefficients } from './options.ts';
import type { PlannedForward, Policy } from './policy.ts';
import { sumBelow } from './rule.ts';
import type { RunShape } from './run-shape.ts';
import { blockSites, span } from './site.ts';
import { POLYNOMIALS } from './teacache-polynomials.ts';

/** Options; the forced steps are the published code's `ret_steps` and `cutoff_steps`, by branch. */
const OPTIONS = {
  threshold: numberOption({
    default: 0.1,
    least: 0,
    suggested: [0, 1],
    allowed: 'a number from 0',
    help: 'Steps are reused while the sum of their values stays below it. Higher is faster and rougher.',
  }),
  polynomial: coefficientsOption({
    default: [1, 0],
    most: MOST_COEFFICIENTS,
    named: POLYNOMIALS,
    help: "A step's value from its score, fitted to a model, or the name of a published one; 1, 0 is the score itself.",
  }),
  retSteps: retStepsOption(1),
  cutoff: cutoffOption,
} as const;

/**
 * TeaCache (arXiv 2411.19108): the modulated input of the first block tells how far the output will have moved. Its
 * changes from step to step, mapped by a polynomial, add up; the stack residual is reused until they reach the
 * threshold. Strictly below it, as in the published code; the paper writes at most.
 */
class TeaCache implements Policy {
  #steps = 0;

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {}

  declare(shape: RunShape): Declaration {
    const { threshold, polynomial } = this.options;
    const blocks = blockSites(shape).map((site) => run(site));
    return {
      slots: [
        { name: 'input', site: 'block.0', value: 'modulatedInput' },
        { name: 'stack', site: span(0, shape.blocks - 1), value: 'residual' },
      ],
      measurements: [
        { name: 'input', metric: { kind: 'relativeL1', denominator: 'older' }, slots: ['input'], updates: true },
      ],
      decisions: [
        {
          name: 'stack',
          measurement: 'input',
          rule: sumBelow(threshold, parseCoefficients(polynomial, POLYNOMIALS)),
          computes: [keep('stack', ...blocks)],
          reuses: [restore('stack')],
        },
      ],
      remedy: 'Use a smaller size, fewer frames, or policy none.',
    };
  }

  begin({ steps }: RunShape): void {
    this.#steps = steps;
  }

  plan({ step }: PlannedForward): readonly Action[] {
    const { retSteps, cutoff } = this.options;
    return forward(measure('input'), decide('stack', step < retSteps || step >= this.#steps - cutoff));
  }
}

/** Timestep-embedding-aware caching. */
export const teacache = policyKind(
  'teacache',
  {
    title: 'Skip alike steps (TeaCache)',
    group: 'blocks',
    summary: "reuses all blocks while the first one's input has changed little in all",
    plain:
      'Adds up how much each step would change. Until the sum is large, steps take over what the last one had worked out.',
    source: 'https://arxiv.org/abs/2411.19108',
  },
  OPTIONS,
  (options) => new TeaCache(options),
);
