import { plainKind } from './kind.ts';
import { ComputeAll } from './none.ts';
import { numberOption } from './options.ts';

/** Takes a share of the steps, and computes them all. */
class FewerSteps extends ComputeAll {
  constructor(private readonly share: number) {
    super();
  }

  steps(steps: number): number {
    return Math.max(1, Math.round(steps * this.share));
  }
}

/** The honest control: the time that a caching method saves, saved by a coarser schedule instead. */
export const fewerSteps = plainKind(
  'fewer-steps',
  {
    title: 'Take fewer steps',
    group: 'control',
    summary: 'takes a share of the steps: the control of all others',
    plain: 'Takes fewer, larger steps and computes all of them: what any other way must beat.',
  },
  {
    share: numberOption({
      default: 0.5,
      least: 0.01,
      most: 1,
      suggested: [0.1, 1],
      allowed: 'a number from 0.01 to 1',
      help: 'How many of the steps are taken: half of them at 0.5.',
    }),
  },
  ({ share }) => new FewerSteps(share),
);
