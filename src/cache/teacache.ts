import { policyKind } from './kind.ts';
import { coefficientsOption, numberOption, type OptionValues, parseCoefficients } from './options.ts';
import type { Policy, RunShape } from './policy.ts';
import type { Requirements } from './requirements.ts';
import type { DecideWithin } from './step-plan.ts';
import { MOST_COEFFICIENTS } from './within-rule.ts';

/** Options; the forced steps are the published code's `ret_steps` and `cutoff_steps`, by branch. */
const OPTIONS = {
  /** Steps are reused while the sum of their values stays below it. */
  threshold: numberOption(0.1, 0, 'a number from 0'),
  /** Fitted to a model, highest power first: a step's value from its score. The default is the score itself. */
  polynomial: coefficientsOption([1, 0], MOST_COEFFICIENTS),
  /** First steps that always compute. */
  retSteps: numberOption(1, 1, 'a count of steps from 1', Number.isInteger),
  /** Last steps that always compute: 1 is the published `cutoff_steps` of T - 1, 0 that of T. */
  cutoff: numberOption(1, 0, 'a count of steps', Number.isInteger),
} as const;

/**
 * TeaCache (arXiv 2411.19108): the modulated input of the first block tells how far the output will have moved. Its
 * changes from step to step, mapped by a polynomial, add up; the stack residual is reused until they reach the
 * threshold. Strictly below it, as in the published code; the paper writes at most.
 */
class TeaCache implements Policy {
  #steps = 0;

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {}

  requirements(): Requirements {
    const { threshold, polynomial } = this.options;
    const within = {
      signal: 'modulated',
      reference: 'everyStep',
      polynomial: parseCoefficients(polynomial),
      accumulates: true,
      threshold,
      isStrict: true,
    } as const;
    return { residual: 'stack', within, remedy: 'Use a smaller size, fewer frames, or policy none.' };
  }

  begin({ steps }: RunShape): void {
    this.#steps = steps;
  }

  plan(step: number): DecideWithin {
    const { retSteps, cutoff } = this.options;
    return { kind: 'decideWithin', isForced: step < retSteps || step >= this.#steps - cutoff };
  }

  observe(): void {}

  isArmed(): boolean {
    return false;
  }
}

/** Timestep-embedding-aware caching. */
export const teacache = policyKind(
  'teacache',
  "reuses all blocks while the first one's input has changed little in all",
  OPTIONS,
  (options) => new TeaCache(options),
);
