import type { HookRow } from '../src/conformance/hooks.ts';
import type { BrowserSession } from './browser.ts';
import type { HarnessApi } from './harness/api.ts';
import { chooseModel } from './model.ts';
import { formatTable } from './table.ts';

/** Largest relative L2 error of latents after a step, where nothing else is asked for. */
export const HOOK_TOLERANCE = 1e-4;

/** What a folder of runs under other people's caching hooks came to. */
export interface HooksResult {
  readonly rows: readonly HookRow[];
  readonly tolerance: number;
  readonly pass: boolean;
}

/** Recordings of runs under caching hooks: files of any name but those of other recordings. */
export function hookFiles(files: readonly string[]): string[] {
  return files.filter((file) => file.endsWith('.safetensors')).sort();
}

/** Repeats a folder's runs with our policies. @throws {CommandError} when there is no such model. */
export async function runHooks(
  session: BrowserSession<HarnessApi>,
  path: string,
  { tolerance, ...settings }: { files: readonly string[]; model: string; operands: 'f32' | 'f16'; tolerance: number },
): Promise<HooksResult> {
  const choice = await chooseModel(settings.model);
  const model = choice.kind === 'folder' ? session.server.mount(choice.path) : choice.reference;
  const rows = await session.call('hooks', { ...settings, url: session.server.mount(path), model });
  return { rows, tolerance, pass: rows.length > 0 && rows.every((row) => passes(row, tolerance)) };
}

/** The rows as a table. */
export function formatHooks({ rows, tolerance }: HooksResult): string {
  const columns = [
    { title: 'recording' },
    { title: 'latents, worst', numeric: true },
    { title: 'at step', numeric: true },
    { title: 'block forwards' },
    { title: '' },
  ];
  const cells = rows.map((row) => {
    const verdict = passes(row, tolerance) ? '' : 'FAIL';
    if ('missing' in row) return [row.name, '', '', row.missing, verdict];
    const { recorded, ours } = row.blockForwards ?? { recorded: '', ours: '' };
    const blocks = recorded === ours ? ours : `${ours}; recorded ${recorded}`;
    return [row.name, row.worst.toExponential(2), String(row.worstStep), blocks, verdict];
  });
  return formatTable(columns, cells);
}

function passes(row: HookRow, tolerance: number): boolean {
  if ('missing' in row) return false;
  return row.worst <= tolerance && row.blockForwards?.recorded === row.blockForwards?.ours;
}
