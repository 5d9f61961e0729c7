import { policyKind } from './kind.ts';
import { choiceOption } from './options.ts';
import type { Policy, RunShape } from './policy.ts';
import type { ProbeTensor, Requirements } from './requirements.ts';
import type { ComputeStack } from './step-plan.ts';

/** What `none` measures. */
type Measured = ProbeTensor | 'off';

const OPTIONS = {
  measure: choiceOption<Measured>({
    default: 'off',
    choices: ['off', 'feature', 'modulated'],
    help: 'Measures every block at every step, as bwcache does: one run then tells how any threshold would have gone.',
  }),
} as const;

/** Computes every block of every step; what it measures, it only records. */
export class ComputeAll implements Policy {
  constructor(private readonly measured: Measured = 'off') {}

  requirements({ blocks: count }: RunShape): Requirements {
    const { measured: tensor } = this;
    if (tensor === 'off') return { residual: 'none', remedy: 'It keeps nothing.' };
    const blocks = Array.from({ length: count }, (_, i) => i);
    // Nothing is strictly below 0: the verdict is always to compute.
    const probe = { tensor, blocks, every: 1, threshold: 0 };
    return { residual: 'none', probe, remedy: 'Set policyOptions.measure to off, which keeps nothing.' };
  }

  begin(): void {}

  plan(): ComputeStack {
    return { kind: 'compute', measure: this.isArmed() };
  }

  observe(): void {}

  isArmed(): boolean {
    return this.measured !== 'off';
  }
}

/** No caching. */
export const none = policyKind('none', 'computes everything', OPTIONS, ({ measure }) => new ComputeAll(measure));
