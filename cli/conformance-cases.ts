import type { CachingRow } from '../src/conformance/caching.ts';
import type { BrowserSession } from './browser.ts';
import type { HarnessApi } from './harness/api.ts';
import { chooseModel } from './model.ts';
import { formatTable } from './table.ts';

/** Largest relative difference of scores: theirs are in float64, from f32 features as ours. */
const SCORE_TOLERANCE = 1e-3;

/** What a folder of recorded caching runs came to. */
export interface CasesResult {
  readonly rows: readonly CachingRow[];
  /** Largest relative L2 error that latents may have where the schedule is the recorded one. */
  readonly tolerance: number;
  readonly pass: boolean;
}

/** The recordings of caching in a folder, in order. */
export function caseFiles(files: readonly string[]): string[] {
  const number = (file: string) => Number(/\d+/.exec(file)?.[0]);
  return files.filter((file) => /^case-\d+\.safetensors$/.test(file)).sort((a, b) => number(a) - number(b));
}

/** Repeats a folder's recorded runs of caching. @throws {CommandError} when there is no such model. */
export async function runCases(
  session: BrowserSession<HarnessApi>,
  path: string,
  { tolerance, ...settings }: { files: readonly string[]; model: string; operands: 'f32' | 'f16'; tolerance: number },
): Promise<CasesResult> {
  const choice = await chooseModel(settings.model);
  const model = choice.kind === 'folder' ? session.server.mount(choice.path) : choice.reference;
  const rows = await session.call('caching', { ...settings, url: session.server.mount(path), model });
  return { rows, tolerance, pass: rows.length > 0 && rows.every((row) => passes(row, tolerance)) };
}

/** The rows as a table. */
export function formatCases({ rows, tolerance }: CasesResult): string {
  const columns = [
    { title: 'case' },
    { title: 'scores', numeric: true },
    { title: 'schedule' },
    { title: 'latents', numeric: true },
    { title: '' },
  ];
  const cells = rows.map((row) => {
    const verdict = passes(row, tolerance) ? '' : 'FAIL';
    if (row.kind === 'scores') return [row.name, row.difference.toExponential(2), '', '', verdict];
    const schedule = row.isEqual ? 'equal' : row.isExcused ? 'differs, its mean is at the threshold' : 'differs';
    return [row.name, '', schedule, row.latents.toExponential(2), verdict];
  });
  return formatTable(columns, cells);
}

function passes(row: CachingRow, tolerance: number): boolean {
  if (row.kind === 'scores') return row.difference <= SCORE_TOLERANCE;
  return row.isEqual ? row.latents <= tolerance : row.isExcused;
}
