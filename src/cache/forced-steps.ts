import { countOption, type OptionKind } from './options.ts';

/** The option `retSteps`, as TeaCache's code calls it: first steps that always compute. */
export function retStepsOption(fallback: number): OptionKind<number> {
  return countOption({
    default: fallback,
    of: 'steps',
    least: 1,
    suggested: [1, Math.max(10, Math.ceil(1.5 * fallback))],
    help: 'First steps that always compute.',
  });
}

/** The option `cutoff`: 1 is the published `cutoff_steps` of T - 1, 0 that of T. */
export const cutoffOption = countOption({
  default: 1,
  of: 'steps',
  least: 0,
  suggested: [0, 6],
  help: 'Last steps that always compute.',
});
