import { FEW_STEPS, predictSchedule } from 'stillframe/policies';
import { formatAmount } from '../format.ts';
import { type Recording, resample } from './resample.ts';

/** A method with all that it is told. */
interface Asked {
  readonly name: string;
  readonly options: Recording['policy']['options'];
  readonly steps: number;
}

/**
 * What a run would about skip, in a sentence, before it is made; nothing where nobody can say.
 *
 * @param recordings Runs of the model, the best first: of each other count of steps it is scaled.
 */
export function foresee({ name, options, steps }: Asked, recordings: readonly Recording[]): string | undefined {
  if (steps <= FEW_STEPS) {
    return `With at most ${FEW_STEPS} steps, or a model made for so few, each step changes too much: reusing does not pay here.`;
  }
  for (const recording of recordings) {
    const skipped = skippedShare({ name, options, steps }, recording);
    if (skipped === undefined) continue;
    if (skipped === 0) {
      return `At ${formatAmount(steps, 'step')} this will probably skip nothing: each step changes too much. More steps change less each.`;
    }
    return `At ${formatAmount(steps, 'step')} this will skip about ${Math.round(100 * skipped)} % of the work.`;
  }
  return undefined;
}

/** Of the work, 0 to 1; undefined where the recording does not say. */
function skippedShare({ name, options, steps }: Asked, recording: Recording): number | undefined {
  try {
    const { isComplete, computedShare } = predictSchedule(resample(recording, steps), { name, options });
    return isComplete ? 1 - computedShare : undefined;
  } catch {
    // It measured something else, or the method needs what is not here.
    return undefined;
  }
}
