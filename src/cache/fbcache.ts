import { policyKind } from './kind.ts';
import { numberOption, type OptionValues } from './options.ts';
import type { Policy } from './policy.ts';
import type { Requirements } from './requirements.ts';
import type { DecideWithin } from './step-plan.ts';

/** Options. */
const OPTIONS = {
  // diffusers' default; ParaAttention takes 0.06 to 0.12, by model.
  threshold: numberOption({
    default: 0.05,
    least: 0,
    suggested: [0, 0.3],
    allowed: 'a number from 0',
    help: 'A step reuses up to this difference in what the first block adds. Higher is faster and rougher.',
  }),
} as const;

/**
 * First-block cache (ParaAttention; diffusers' `FirstBlockCacheConfig`): block 0 always runs. Where what it adds to the
 * residual stream is near to what it added at the last step that computed, what all other blocks added then is reused.
 * Nothing adds up: a slow drift is found since the reference stays where it is until a step computes.
 */
class FirstBlockCache implements Policy {
  constructor(private readonly options: OptionValues<typeof OPTIONS>) {}

  requirements(): Requirements {
    const within = {
      signal: 'firstBlock',
      reference: 'computedSteps',
      polynomial: [1, 0],
      accumulates: false,
      threshold: this.options.threshold,
      isStrict: false,
    } as const;
    return {
      residual: 'stack',
      within,
      remedy: 'Use a smaller size, fewer frames, or policy none.',
    };
  }

  begin(): void {}

  plan(): DecideWithin {
    return { kind: 'decideWithin', isForced: false };
  }

  observe(): void {}

  isArmed(): boolean {
    return false;
  }
}

/** First-block caching. */
export const fbcache = policyKind(
  'fbcache',
  'reuses all blocks but the first while what it adds changes little',
  OPTIONS,
  (options) => new FirstBlockCache(options),
);
