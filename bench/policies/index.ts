import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BrowserSession } from '../../cli/browser.ts';
import { makeFolder } from '../../cli/folders.ts';
import { formatTable } from '../../cli/table.ts';
import { ROOT } from '../../scripts/setup/system.mjs';
import type { BenchApi } from '../page/api.ts';
import { percent } from '../report.ts';
import type { PoliciesRequest } from './options.ts';
import { plotPolicies } from './plot.ts';
import { PROMPT_CASES } from './prompts.ts';
import { type Runs, runSettings } from './runs.ts';
import { describeOptions, SETTINGS, type Setting, unnamedPolicies, usableSettings } from './settings.ts';
import { type SettingSummary, summarize } from './summary.ts';

/** What is written of a run of the bench. */
export interface PoliciesResult extends Runs {
  readonly model: string;
  readonly steps: number;
  readonly summaries: readonly SettingSummary[];
  /** Why policies were left out. */
  readonly notes: readonly string[];
}

/** Measures each policy's speed and quality with the embedded model; prints a table and draws a plot. */
export async function benchPolicies(
  session: BrowserSession<BenchApi>,
  { prompts: count, steps, settings: table, plot = join(ROOT, 'bench/results/policies.svg') }: PoliciesRequest,
): Promise<PoliciesResult> {
  await makeFolder(dirname(plot));
  const wanted: Setting[] = [...SETTINGS[table]];
  if (table === 'full') wanted.push(...unnamedPolicies(wanted));
  const { usable: settings, notes } = usableSettings(wanted);
  for (const note of notes) console.log(note);
  const prompts = PROMPT_CASES.slice(0, count);
  const runs = await runSettings(session, { settings, prompts, steps }, console.log);
  const summaries = summarize(runs.settings);
  console.log(`\n${formatSummaries(summaries)}`);
  await writeFile(
    plot,
    plotPolicies(summaries, `shapes, ${steps} steps, ${count} ${count === 1 ? 'prompt' : 'prompts'}`),
  );
  console.log(`\nPlot: ${plot}`);
  return { model: 'shapes', steps, notes, summaries, ...runs };
}

function formatSummaries(summaries: readonly SettingSummary[]): string {
  const quality = ['PSNR', 'worst', 'SSIM'];
  const control = quality.map((title) => `${title}, fewer steps`);
  const numbers = ['computed', 'ideal', 'measured', 'of ideal', ...quality, ...control];
  const columns = ['policy', 'setting', ...numbers].map((title, i) => ({ title, numeric: i > 1 }));
  const rows = summaries.map((summary) => {
    const { computedShare, idealSpeedup, speedup } = summary;
    return [
      summary.policy,
      describeOptions(summary),
      percent(computedShare),
      `${idealSpeedup.toFixed(2)}x`,
      `${speedup.toFixed(2)}x`,
      percent(speedup / idealSpeedup),
      ...[summary, summary.control].flatMap((found) => [
        found?.psnr.toFixed(1) ?? '',
        found?.worstPsnr.toFixed(1) ?? '',
        found?.ssim.toFixed(4) ?? '',
      ]),
    ];
  });
  return formatTable(columns, rows);
}
