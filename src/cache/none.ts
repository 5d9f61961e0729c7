import { type Action, forward, measure, run } from './action.ts';
import type { Declaration, SiteValue, Slot } from './declaration.ts';
import { plainKind } from './kind.ts';
import { choiceOption } from './options.ts';
import type { Policy } from './policy.ts';
import type { RunShape } from './run-shape.ts';
import { blockSites } from './site.ts';

const OPTIONS = {
  measure: choiceOption<'off' | 'feature' | 'modulated'>({
    default: 'off',
    choices: ['off', 'feature', 'modulated'],
    help: 'Measures every block at every step: one run then tells how any threshold on them would have gone.',
  }),
} as const;

/** What is compared of a block: its output (BWCache's Eq. 5), or its modulated input (its published code). */
export const PROBES: Readonly<Record<'feature' | 'modulated', SiteValue>> = {
  feature: 'output',
  modulated: 'modulatedInput',
};

/** A slot for each block of every `stride`, for what it is compared with. */
export function probeSlots({ blocks }: RunShape, value: SiteValue, stride = 1, every = 1): Slot[] {
  const measured = Array.from({ length: Math.ceil(blocks / stride) }, (_, i) => i * stride);
  return measured.map((block) => ({ name: `previous.${block}`, site: `block.${block}`, value, every }));
}

/** Computes every block of every step; what it measures, it only records. */
export class ComputeAll implements Policy {
  #actions: readonly Action[] = [];

  constructor(private readonly measured: 'off' | 'feature' | 'modulated' = 'off') {}

  declare(run: RunShape): Declaration {
    if (this.measured === 'off') return { slots: [], remedy: 'It keeps nothing.' };
    const slots = probeSlots(run, PROBES[this.measured]);
    return {
      slots,
      measurements: [
        {
          name: 'probe',
          metric: { kind: 'relativeL1', denominator: 'older' },
          slots: slots.map(({ name }) => name),
          updates: true,
        },
      ],
      remedy: 'Set policyOptions.measure to off, which keeps nothing.',
    };
  }

  begin(shape: RunShape): void {
    const blocks = blockSites(shape).map((site) => run(site));
    this.#actions = this.measured === 'off' ? forward(...blocks) : forward(measure('probe', ...blocks));
  }

  plan(): readonly Action[] {
    return this.#actions;
  }
}

/** No caching. */
export const none = plainKind(
  'none',
  {
    title: 'Compute everything',
    group: 'control',
    summary: 'computes everything',
    plain: 'Computes every step in full: the picture that all others are measured against.',
  },
  OPTIONS,
  ({ measure }) => new ComputeAll(measure),
);
