import { OptionError } from '../errors.ts';
import { choiceOption, numberOption, type OptionKind, type OptionValues, resolveOptions } from './options.ts';
import type { ReuseLimits } from './rule.ts';

/** A mask of steps: a digit each, 1 to compute. */
const maskOption: OptionKind<string> = {
  default: '',
  help: 'A digit for each step: 1 computes it, at 0 the policy decides. Empty: it always does.',
  allowed: 'a digit for each step, 1 or 0',
  input: { kind: 'text' },
  accepts: (value): value is string => typeof value === 'string' && /^[01]*$/.test(value),
};

/**
 * Options of every policy that reuses anything: the scheduler holds it to them. The names are cache-dit's, but for
 * `start` and `end`; where a step must compute, all that the policy keeps is kept anew.
 */
export const LIMITS = {
  branches: choiceOption({
    default: 'separate',
    choices: ['separate', 'condLeads'],
    help: "Each branch decides for itself, or the prompt's (cond) for both, so that they reuse the same steps.",
  }),
  start: numberOption({
    default: 0,
    least: 0,
    most: 1,
    suggested: [0, 1],
    allowed: 'a share of the steps, 0 to 1',
    help: 'Steps before this share of all compute.',
  }),
  end: numberOption({
    default: 1,
    least: 0,
    most: 1,
    suggested: [0, 1],
    allowed: 'a share of the steps, 0 to 1',
    help: 'Steps from this share of all on compute.',
  }),
  warmupSteps: numberOption({
    default: 0,
    least: 0,
    isWhole: true,
    suggested: [0, 10],
    allowed: 'a count of steps',
    help: 'So many first steps compute.',
  }),
  maxContinuousCachedSteps: numberOption({
    default: -1,
    least: -1,
    isWhole: true,
    suggested: [-1, 6],
    allowed: 'a count of steps, or -1 for no limit',
    help: 'Most steps that a branch reuses in a row; -1: no limit.',
  }),
  maxCachedSteps: numberOption({
    default: -1,
    least: -1,
    isWhole: true,
    suggested: [-1, 50],
    allowed: 'a count of steps, or -1 for no limit',
    help: 'Most steps that a branch reuses in all; -1: no limit.',
  }),
  stepsMask: maskOption,
} as const;

/** When a policy may reuse, whatever it says itself. */
export interface CacheLimits extends ReuseLimits {
  /** Whether `cond` decides for `uncond`. */
  readonly condLeads: boolean;
  /** Whether a step of so many must compute. */
  mustCompute(step: number, steps: number): boolean;
  /** @throws {OptionError} when they do not fit a run of so many steps. */
  check(steps: number): void;
}

/** No limits. */
export const NO_LIMITS = cacheLimits(resolveOptions('none', LIMITS, {}));

/** What the options of `LIMITS` come to. */
export function cacheLimits(options: OptionValues<typeof LIMITS>): CacheLimits {
  const { branches, start, end, warmupSteps, maxContinuousCachedSteps, maxCachedSteps, stepsMask } = options;
  const limit = (count: number) => (count < 0 ? Number.POSITIVE_INFINITY : count);
  return {
    condLeads: branches === 'condLeads',
    inARow: limit(maxContinuousCachedSteps),
    inAll: limit(maxCachedSteps),
    mustCompute: (step, steps) =>
      step < Math.max(warmupSteps, start * steps) || step >= end * steps || stepsMask[step] === '1',
    check(steps) {
      if (stepsMask === '' || stepsMask.length === steps) return;
      throw new OptionError(
        `policyOptions.stepsMask has ${stepsMask.length} digits; the run has ${steps} steps.`,
        `Pass ${steps} digits, or none.`,
      );
    },
  };
}
