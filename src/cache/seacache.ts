import { type Action, decide, forward, keep, measure, restore, run } from './action.ts';
import type { Declaration } from './declaration.ts';
import { type Filter, wienerGains } from './filter.ts';
import { cutoffOption, retStepsOption } from './forced-steps.ts';
import { policyKind } from './kind.ts';
import { choiceOption, numberOption, type OptionValues } from './options.ts';
import type { PlannedForward, Policy } from './policy.ts';
import { sumBelow } from './rule.ts';
import type { RunShape } from './run-shape.ts';
import { blockSites, span } from './site.ts';

/** Options; defaults are those of the published code for Wan. */
const OPTIONS = {
  threshold: numberOption({
    default: 0.2,
    least: 0,
    suggested: [0, 1],
    allowed: 'a number from 0',
    help: 'Steps are reused while the sum of their scores stays below it. Higher is faster and rougher.',
  }),
  exponent: numberOption({
    default: 3,
    least: 0,
    suggested: [1, 4],
    allowed: 'a number from 0',
    help: 'How fast the power of clips falls with the frequency: its exponent; 0 filters nothing.',
  }),
  // The published code's names: flow matching, and diffusion that preserves variance.
  mode: choiceOption({
    default: 'flow',
    choices: ['flow', 'vp'],
    help: 'What is left of the signal beside noise: the rest, in flow matching, or what keeps the variance, in diffusion.',
  }),
  scale: choiceOption({
    default: 'mean',
    choices: ['mean', 'peak'],
    help: "What of the filter's gains is 1: their mean, or the largest.",
  }),
  retSteps: retStepsOption(1),
  cutoff: cutoffOption,
  // Published code, and the paper.
  forcedSignal: choiceOption({
    default: 'raw',
    choices: ['raw', 'filtered'],
    help: 'What of a step that always computes the next is compared with: the signal as it is, or filtered like others.',
  }),
} as const;

/** Sigmas are held this far from pure signal and pure noise. */
const LEAST_SHARE = 1e-6;

/**
 * SeaCache (arXiv 2602.18993): the signal is TeaCache's, the modulated input of the first block, but filtered by the optimal linear
 * denoiser of the step before it is compared, so that noise counts for little. Its scores are used as they are: nothing
 * is fitted to a model.
 */
class SeaCache implements Policy {
  #steps = 0;

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {}

  declare(shape: RunShape): Declaration {
    const blocks = blockSites(shape).map((site) => run(site));
    return {
      slots: [
        { name: 'input', site: 'block.0', value: 'modulatedInput' },
        { name: 'stack', site: span(0, shape.blocks - 1), value: 'residual' },
      ],
      measurements: [
        {
          name: 'input',
          metric: { kind: 'relativeL1', denominator: 'older' },
          filter: this.#filter(shape),
          slots: ['input'],
          updates: true,
        },
      ],
      decisions: [
        {
          name: 'stack',
          measurement: 'input',
          rule: sumBelow(this.options.threshold),
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
    return forward(measure('input'), decide('stack', this.#isForced(step, this.#steps)));
  }

  #isForced(step: number, steps: number): boolean {
    const { retSteps, cutoff } = this.options;
    return step < retSteps || step >= steps - cutoff;
  }

  #filter({ steps, sigmas }: RunShape): Filter {
    const { exponent, mode, scale, forcedSignal, retSteps, cutoff } = this.options;
    const isRaw = (step: number) => forcedSignal === 'raw' && this.#isForced(step, steps);
    const but = forcedSignal === 'raw' ? ` but ${retSteps} and ${cutoff}` : '';
    return {
      name: `wiener ${exponent} ${mode} ${scale}${but}`,
      gains(step, length) {
        if (isRaw(step)) return () => 1;
        const noise = Math.min(Math.max(sigmas[step] ?? 0, LEAST_SHARE), 1 - LEAST_SHARE);
        const signal = mode === 'flow' ? 1 - noise : Math.sqrt(1 - noise * noise);
        return wienerGains({ signal, noise }, exponent, scale, length);
      },
    };
  }
}

/** Spectral-evolution-aware caching. */
export const seacache = policyKind(
  'seacache',
  {
    title: 'Skip steps that look alike (SeaCache)',
    group: 'blocks',
    summary: "reuses all blocks while the first one's input, without its noise, changes little",
    plain:
      'Looks past the noise at what each step would change. Until the sum is large, steps take over what the last one had worked out.',
    source: 'https://arxiv.org/abs/2602.18993',
  },
  OPTIONS,
  (options) => new SeaCache(options),
);
