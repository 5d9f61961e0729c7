/** What a block or a sub-layer came to at a step, as pictures tell it. */
export type Became = 'computed' | 'partly' | 'reused' | 'forecast' | 'rebuilt' | 'leftOut' | 'other';

/** A way that a cell can go. */
export interface KindOfCell {
  /** In the legend, and for those who do not see the picture. */
  readonly words: string;
  /** Whether anything of it was computed. */
  readonly computes: boolean;
  /** How the cell is marked: nothing, or lines and dots in one colour, which tell kinds apart without colours. */
  readonly pattern: 'none' | 'falling' | 'rising' | 'level' | 'dots' | 'cross';
}

/** All of them, in the order of the legend. */
export const KINDS: Readonly<Record<Became, KindOfCell>> = {
  computed: { words: 'computed', computes: true, pattern: 'none' },
  partly: { words: 'computed in part', computes: true, pattern: 'dots' },
  reused: { words: 'reused', computes: false, pattern: 'rising' },
  forecast: { words: 'forecast', computes: false, pattern: 'falling' },
  rebuilt: { words: 'rebuilt from the other pass', computes: false, pattern: 'level' },
  leftOut: { words: 'left out', computes: false, pattern: 'cross' },
  other: { words: 'saved in another way', computes: false, pattern: 'dots' },
};

/** By the digits of a report; one that is newer than the page is drawn as `other`. */
const DIGITS: Readonly<Record<string, Became>> = {
  1: 'computed',
  h: 'partly',
  t: 'partly',
  0: 'reused',
  f: 'forecast',
  b: 'rebuilt',
  '-': 'leftOut',
};

/** What a digit of a report's `sites` says. */
export function becameOf(digit: string): Became {
  return DIGITS[digit] ?? 'other';
}

/** What a block came to whose sub-layers came to these: the same, or in part, where some were computed and some were not. */
export function digitOfBlock(digits: readonly string[]): string {
  const [first = '-'] = digits;
  if (digits.every((digit) => digit === first)) return first;
  if (digits.some((digit) => KINDS[becameOf(digit)].computes)) return 'h';
  // None was computed: what was taken from somewhere says more than what was left out.
  return digits.find((digit) => digit !== '-') ?? first;
}
