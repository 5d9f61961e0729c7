import type { Cell, Grid } from './grid.ts';

/** Where a schedule has a digit, e.g. `0–4, 8`. */
export function stepRanges(digits: string, wanted: '0' | '1'): string {
  const ranges = [...digits.matchAll(wanted === '1' ? /1+/g : /0+/g)].map(({ 0: run, index }) => {
    const last = index + run.length - 1;
    return run.length === 1 ? `${index}` : `${index}–${last}`;
  });
  return ranges.join(', ');
}

/** What a schedule computes, e.g. `cond computed 12 of 30 steps: 0–4, 8`. @param whose E.g. `cond`. */
export function scheduleSentence(whose: string, digits: string, steps: number): string {
  if (digits === '') return `${whose}: nothing yet`;
  const computed = [...digits].filter((digit) => digit === '1').length;
  const soFar = digits.length < steps ? `${computed} of the first ${digits.length}` : `${computed} of ${steps}`;
  return `${whose} computed ${soFar} steps: ${stepRanges(digits, '1') || 'none'}`;
}

/** A cell of the heat map, e.g. `cond, step 3, block 5: computed, score 0.0821`. */
export function cellSentence({ branch, cells, rows, measured }: Grid, step: number, row: number): string {
  const cell = cells[step]?.[row];
  const what = cell ? cellWords(cell, measured.kind === 'step') : 'not known yet';
  return `${branch}, step ${step}, ${rows[row] ?? 'no block'}: ${what}`;
}

/** A score or a threshold, with three digits that count. */
export function formatScore(score: number): string {
  if (score === 0) return '0';
  return Math.abs(score) < 1e-4 ? score.toExponential(2) : String(Number(score.toPrecision(3)));
}

function cellWords({ kind, score }: Cell, isOfStep: boolean): string {
  if (kind === 'pending') return 'not known yet';
  if (score === undefined) return kind === 'computed' ? 'computed, not measured' : 'reused';
  return `${kind}, ${isOfStep ? 'the step’s score' : 'score'} ${formatScore(score)}`;
}
