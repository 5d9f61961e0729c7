import { checkRecordedRun } from '../cache/check-run.ts';
import type { Report } from '../report.ts';
import { numbersOf, type RunNumbers } from './numbers.ts';
import { inWords } from './words.ts';

/** What a run came to. */
export interface RunSummary extends RunNumbers {
  /** All of it in words, a sentence or two each. */
  readonly sentences: readonly string[];
}

/**
 * Sums up a run in words and numbers.
 *
 * @param baseline The report of the same run with everything computed: then what was saved is measured, by phase.
 * @throws {OptionError} for what is no report of a run, naming the field.
 */
export function summarizeRun(report: Report, baseline?: Report): RunSummary {
  for (const run of baseline ? [report, baseline] : [report]) checkRecordedRun(run);
  const numbers = numbersOf(report, baseline);
  return { ...numbers, sentences: inWords(numbers, report) };
}
