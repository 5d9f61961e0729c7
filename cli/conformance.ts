import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Difference } from '../src/conformance/compare.ts';
import { BrowserSession } from './browser.ts';
import { type CasesResult, caseFiles, formatCases, runCases } from './conformance-cases.ts';
import { formatHooks, HOOK_TOLERANCE, type HooksResult, hookFiles, runHooks } from './conformance-hooks.ts';
import { CommandError, describeError, UsageError } from './errors.ts';
import { makeFolder } from './folders.ts';
import type { HarnessApi } from './harness/api.ts';
import { Interrupted } from './interrupt.ts';
import { choiceOption, numberOption, parseOptions, userPath } from './options.ts';
import { formatTable } from './table.ts';

const HELP = `Usage: npm run conformance -- DIR... [OPTIONS]

Repeats the run recorded in each folder (a model in diffusers' layout and golden.safetensors) and compares every
recorded tensor. Exits 1 if a relative L2 error is above the tolerance, or a folder cannot be run.
A folder of case-N.safetensors is run with BWCache on a model: its scores, schedules and latents are compared. One of
other recordings, made under diffusers' or cache-dit's caching hooks, is run with our policies of the same options: its
latents after each step, and its block forwards.

  --model NAME         of recordings of caching: an id of weights-manifest.json, a folder, its URL or a hub id (shapes)
  --operands f32|f16   precision of matmul operands (f32)
  --tolerance NUMBER   largest relative L2 error (1e-3 in f32, 1e-2 in f16; of hooks 1e-4)
  --json FILE          writes all rows`;

/** A folder's outcome, as `--json` has it; a number that is not finite is null there. */
interface FolderResult {
  /** As it was typed. */
  readonly folder: string;
  readonly className?: string;
  readonly adapter: string;
  readonly rows: readonly Difference[];
  /** Of recordings of caching, instead of rows. */
  readonly cases?: CasesResult;
  /** Of recordings under caching hooks, instead of rows. */
  readonly hooks?: HooksResult;
  /** Largest relative L2 error. */
  readonly worst?: number;
  readonly tolerance: number;
  readonly pass: boolean;
  /** Why it could not be run. */
  readonly error?: string;
}

/** `conformance DIR...`. @returns the exit code. @throws {UsageError | CommandError} */
export async function run(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const options = { model: text, operands: text, tolerance: text, json: text };
  const { values, positionals: folders, help } = parseOptions(args, options, true);
  if (help) {
    console.log(HELP);
    return 0;
  }
  if (folders.length === 0) throw new UsageError('Name one or more folders.');
  const operands = choiceOption('operands', values.operands, ['f32', 'f16']) ?? 'f32';
  const asked = numberOption('tolerance', values.tolerance, { least: 0 });
  const json = values.json === undefined ? undefined : userPath(values.json);
  if (json !== undefined) await makeFolder(dirname(json));
  await using session = await BrowserSession.open<HarnessApi>('cli/harness/main.ts');
  const { name: adapter } = await session.call('adapter');
  console.log(`Adapter: ${adapter}`);
  const results: FolderResult[] = [];
  for (const folder of folders) {
    const { model = 'shapes' } = values;
    const result = await runFolder(session, folder, { adapter, model, operands, asked });
    results.push(result);
    print(result);
  }
  if (json !== undefined) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
  const failed = results.filter(({ pass }) => !pass);
  console.log(`\n${results.length - failed.length} of ${results.length} folders pass`);
  return failed.length === 0 ? 0 : 1;
}

async function runFolder(
  session: BrowserSession<HarnessApi>,
  folder: string,
  settings: { adapter: string; model: string; operands: 'f32' | 'f16'; asked: number | undefined },
): Promise<FolderResult> {
  const { adapter, model, operands, asked } = settings;
  const tolerance = asked ?? (operands === 'f32' ? 1e-3 : 1e-2);
  try {
    const path = userPath(folder);
    const { cases: files, hooks: recorded } = await findRecordings(path);
    if (files.length > 0) {
      const cases = await runCases(session, path, { files, model, operands, tolerance });
      return { folder, adapter, rows: [], cases, tolerance, pass: cases.pass };
    }
    if (recorded.length > 0) {
      const own = { files: recorded, model, operands, tolerance: asked ?? HOOK_TOLERANCE };
      const hooks = await runHooks(session, path, own);
      return { folder, adapter, rows: [], hooks, tolerance: hooks.tolerance, pass: hooks.pass };
    }
    const { className, rows } = await session.call('conformance', { url: session.server.mount(path), operands });
    const worst = Math.max(...rows.map(({ relativeL2 }) => relativeL2));
    // No row compared is no pass; neither is a NaN.
    return { folder, className, adapter, rows, worst, tolerance, pass: rows.length > 0 && worst <= tolerance };
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    // One folder's failure does not keep the others from running.
    return { folder, adapter, rows: [], tolerance, pass: false, error: describeError(error) };
  }
}

/** Recordings of caching in a folder; none in one with a model's own recording. */
async function findRecordings(path: string): Promise<{ cases: string[]; hooks: string[] }> {
  if (existsSync(join(path, 'golden.safetensors'))) return { cases: [], hooks: [] };
  const files = await readdir(path).catch(() => {
    throw new CommandError(`${path} is no folder.`);
  });
  const cases = caseFiles(files);
  if (cases.length > 0) return { cases, hooks: [] };
  const isModel = files.some((file) => file === 'config.json' || file === 'model_index.json');
  const hooks = isModel ? [] : hookFiles(files);
  if (hooks.length > 0) return { cases, hooks };
  throw new CommandError(
    `${path} has neither golden.safetensors nor case-N.safetensors, nor other recordings of caching.`,
  );
}

function print({ folder, className, rows, cases, hooks, worst, tolerance, pass, error }: FolderResult): void {
  console.log(`\n${folder}${className ? ` (${className})` : ''}`);
  if (error !== undefined) {
    console.log(`FAIL  ${error}`);
    return;
  }
  if (cases) {
    console.log(`${formatCases(cases)}\n${pass ? 'pass' : 'FAIL'}`);
    return;
  }
  if (hooks) {
    console.log(`${formatHooks(hooks)}\n${pass ? 'pass' : 'FAIL'}`);
    return;
  }
  const columns = [
    { title: 'tensor' },
    { title: 'max absolute', numeric: true },
    { title: 'relative L2', numeric: true },
    { title: '' },
  ];
  const cells = rows.map(({ name, maxAbsolute, relativeL2 }) => [
    name,
    maxAbsolute.toExponential(2),
    relativeL2.toExponential(2),
    relativeL2 <= tolerance ? '' : 'above the tolerance',
  ]);
  console.log(formatTable(columns, cells));
  console.log(`${pass ? 'pass' : 'FAIL'}  worst ${worst?.toExponential(2)}, tolerance ${tolerance}`);
}
