import { OptionError } from '../errors.ts';

/**
 * Checks that what is given as a run's report has what a prediction reads: reports come from files, and from other versions.
 *
 * @throws {OptionError} naming the field.
 */
export function checkRecordedRun(run: unknown): void {
  const report = fields('report', run);
  const shape = fields('report.shape', report.shape);
  count('report.shape.steps', shape.steps);
  count('report.shape.blocks', shape.blocks);
  const keys = list('report.shape.keys', shape.keys);
  for (const key of keys) if (!/^(un)?cond(\.\d+)?$/.test(String(key))) throw wrong('report.shape.keys', key);
  if (keys.length === 0) throw wrong('report.shape.keys', keys);
  count('report.stepsAsked', report.stepsAsked);
  fields('report.policy', report.policy);
  for (const [i, given] of list('report.measurements', report.measurements).entries()) {
    list(`report.measurements[${i}].sites`, fields(`report.measurements[${i}]`, given).sites);
  }
  for (const [i, given] of list('report.scores', report.scores).entries()) {
    list(`report.scores[${i}].blocks`, fields(`report.scores[${i}]`, given).blocks);
  }
}

function fields(path: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw wrong(path, value);
}

function list(path: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(path, value);
}

function count(path: string, value: unknown): void {
  if (!(Number.isSafeInteger(value) && Number(value) >= 1)) throw wrong(path, value);
}

function wrong(path: string, value: unknown): OptionError {
  const shown = JSON.stringify(value) ?? String(value);
  return new OptionError(
    `${path} is ${shown.length > 60 ? `${shown.slice(0, 60)}…` : shown}.`,
    'Pass the report of a finished run: clip.report, or what report.json holds.',
  );
}
