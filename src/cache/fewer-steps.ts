import { policyKind } from './kind.ts';
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
export const fewerSteps = policyKind(
  'fewer-steps',
  'takes a share of the steps: the control of all others',
  { share: numberOption(0.5, 0, 'a number above 0, up to 1', (share) => share > 0 && share <= 1) },
  ({ share }) => new FewerSteps(share),
);
