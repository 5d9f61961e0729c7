import { type Action, decide, keep, measure, restore, run } from './action.ts';
import type { Declaration } from './declaration.ts';
import { cutoffOption, retStepsOption } from './forced-steps.ts';
import { policyKind } from './kind.ts';
import { LIMITS } from './limits.ts';
import { numberOption, type OptionValues } from './options.ts';
import type { PlannedForward, Policy } from './policy.ts';
import { sumBelow } from './rule.ts';
import type { RunShape } from './run-shape.ts';
import { blockSites } from './site.ts';

/** Options; defaults are those of EasyCache's code for Wan 2.1, where the prompt's branch decides for both. */
const OPTIONS = {
  threshold: numberOption({
    default: 0.05,
    least: 0,
    suggested: [0, 0.3],
    allowed: 'a number from 0',
    help: 'Steps are reused while the sum of expected changes stays below it. Higher is faster and rougher.',
  }),
  retSteps: retStepsOption(10),
  cutoff: cutoffOption,
  branches: { ...LIMITS.branches, default: 'condLeads' },
} as const;

/**
 * EasyCache (arXiv 2507.02860): how much the prediction changes for a change of the latents is nearly the same from step
 * to step. It is measured where a step computes; until the expected changes add up to the threshold, what the prediction
 * was then more than its latents is added to those of the step, and nothing of the model runs.
 */
class EasyCache implements Policy {
  #steps = 0;

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {}

  declare(shape: RunShape): Declaration {
    const blocks = blockSites(shape).map((site): Action => run(site));
    const { threshold } = this.options;
    return {
      slots: [
        { name: 'input', site: 'latents', value: 'output' },
        { name: 'travelled', site: 'latents', value: 'output' },
        { name: 'output', site: 'velocity', value: 'output' },
        { name: 'cache', site: 'velocity', value: 'output', relativeTo: 'latents' },
      ],
      measurements: [
        { name: 'input', metric: { kind: 'meanL1' }, slots: ['input'], updates: true },
        // Since the last step that computed.
        { name: 'travelled', metric: { kind: 'meanL1' }, slots: ['travelled'], updates: true },
        { name: 'output', metric: { kind: 'relativeL1', denominator: 'newer' }, slots: ['output'], updates: true },
      ],
      decisions: [
        {
          name: 'forward',
          measurement: 'input',
          gain: { times: 'output', over: 'travelled' },
          rule: sumBelow(threshold),
          computes: [measure('travelled'), keep('cache', run('embed'), ...blocks, measure('output', run('head')))],
          reuses: [restore('cache')],
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
    // One computed step tells nothing of changes.
    const isForced = step < Math.max(2, retSteps) || step >= this.#steps - cutoff;
    return [measure('input'), decide('forward', isForced)];
  }
}

/** Prediction by the latents' change. */
export const easycache = policyKind(
  'easycache',
  {
    title: 'Skip whole steps (EasyCache)',
    group: 'blocks',
    summary: 'reuses whole steps while the latents change too little to matter',
    plain:
      'Learns as it goes how strongly the model answers to changes of the picture. Where it expects next to none, it skips the model.',
    source: 'https://arxiv.org/abs/2507.02860',
  },
  OPTIONS,
  (options) => new EasyCache(options),
);
