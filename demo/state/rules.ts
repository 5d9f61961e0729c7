/**
 * What the numbers of the form may be. The library has the last word, in its `OptionError`.
 *
 * @module
 */
import type { SizeRules } from 'stillframe';

/** A number's rule. */
export interface NumberRule {
  /** As the form calls it. */
  readonly label: string;
  readonly least: number;
  readonly most: number;
  /** Allowed are `least` and whole multiples of this above it; absent: any number between. */
  readonly step?: number;
}

/** Names of the numbers that every run has. */
export type NumberName = 'seed' | 'steps' | 'guidanceScale' | 'frames' | 'width' | 'height';

/** Larger counts are slips of the keyboard, as the library sees it. */
const MOST = 100_000;

/** Frames of a picture. */
const ONE = { most: 1, step: 1 } as const;

/** The rules of a model, by name. */
export function numberRules({ pixels, frames }: SizeRules): Readonly<Record<NumberName, NumberRule>> {
  const side = { least: pixels, most: MOST - (MOST % pixels), step: pixels };
  return {
    seed: { label: 'Seed', least: 0, most: Number.MAX_SAFE_INTEGER, step: 1 },
    steps: { label: 'Steps', least: 1, most: MOST, step: 1 },
    guidanceScale: { label: 'Guidance', least: 0, most: 100 },
    frames: {
      label: 'Frames',
      least: 1,
      ...(frames === 0 ? ONE : { most: MOST - ((MOST - 1) % frames), step: frames }),
    },
    width: { label: 'Width', ...side },
    height: { label: 'Height', ...side },
  };
}

/**
 * The number that a text stands for.
 *
 * @throws {RangeError} when the rule refuses it; the message says what would be right.
 *
 * @example parseNumber('15', numberRules(sizes).frames) // RangeError: Frames is 15; it must be 4 k + 1, such as 13 or 17.
 */
export function parseNumber(text: string, rule: NumberRule): number {
  const { label, least, most, step } = rule;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= least && value <= most)) {
    const found = Number.isNaN(value) ? 'no number' : text.trim();
    const end = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`;
    throw new RangeError(`${label} is ${found}; it must be ${kindOf(rule)} from ${least}${end}.`);
  }
  if (step === undefined || (value - least) % step === 0) return value;
  const below = least + Math.floor((value - least) / step) * step;
  throw new RangeError(`${label} is ${value}; it must be ${kindOf(rule)}, such as ${below} or ${below + step}.`);
}

function kindOf({ least, step }: NumberRule): string {
  if (step === undefined) return 'a number';
  if (step === 1) return 'a whole number';
  return least % step === 0 ? `a multiple of ${step}` : `${step} k + ${least % step}`;
}
