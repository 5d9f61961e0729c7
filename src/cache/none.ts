import { policyKind } from './kind.ts';
import type { Policy } from './policy.ts';

/** Computes every block of every step. */
export class ComputeAll implements Policy {
  requirements() {
    return { residual: 'none', remedy: 'It keeps nothing.' } as const;
  }

  begin(): void {}

  plan() {
    return { kind: 'compute', measure: false } as const;
  }

  observe(): void {}

  isArmed(): boolean {
    return false;
  }
}

/** No caching. */
export const none = policyKind('none', 'computes everything', {}, () => new ComputeAll());
