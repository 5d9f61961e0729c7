import type { Branch } from 'stillframe';
import type { Cell, Grid } from './grid.ts';
import { KINDS } from './kinds.ts';

/** What the page calls the two branches of guidance: in a row's head, and in a sentence. */
export const BRANCH_NAMES: Readonly<Record<Branch, { readonly short: string; readonly long: string }>> = {
  cond: { short: 'prompt', long: 'with the prompt' },
  uncond: { short: 'without', long: 'without the prompt' },
};

/** Where a schedule has a digit, e.g. `0–4, 8`. */
export function stepRanges(digits: string, wanted: '0' | '1'): string {
  const ranges = [...digits.matchAll(wanted === '1' ? /1+/g : /0+/g)].map(({ 0: run, index }) => {
    const last = index + run.length - 1;
    return run.length === 1 ? `${index}` : `${index}–${last}`;
  });
  return ranges.join(', ');
}

/** What a schedule computes, e.g. `with the prompt: computed 12 of 30 steps: 0–4, 8`. @param whose E.g. `with the prompt`. */
export function scheduleSentence(whose: string, digits: string, steps: number): string {
  if (digits === '') return `${whose}: nothing yet`;
  const computed = [...digits].filter((digit) => digit === '1').length;
  const soFar = digits.length < steps ? `${computed} of the first ${digits.length}` : `${computed} of ${steps}`;
  return `${whose}: computed ${soFar} steps: ${stepRanges(digits, '1') || 'none'}`;
}

/** A cell of the heat map, e.g. `with the prompt, step 3, block 5: computed, score 0.0821`. */
export function cellSentence({ branch, cells, rows, measured }: Grid, step: number, row: number): string {
  const cell = cells[step]?.[row];
  const what = cell ? cellWords(cell, measured.kind === 'step') : 'not known yet';
  return `${BRANCH_NAMES[branch].long}, step ${step}, ${rows[row] ?? 'no block'}: ${what}`;
}

/** A score or a threshold, with three digits that count. */
export function formatScore(score: number): string {
  if (score === 0) return '0';
  return Math.abs(score) < 1e-4 ? score.toExponential(2) : String(Number(score.toPrecision(3)));
}

function cellWords({ kind, score }: Cell, isOfStep: boolean): string {
  if (kind === 'pending') return 'not known yet';
  const { words } = KINDS[kind];
  if (score === undefined) return kind === 'computed' ? `${words}, not measured` : words;
  return `${words}, ${isOfStep ? 'the step’s score' : 'score'} ${formatScore(score)}`;
}
