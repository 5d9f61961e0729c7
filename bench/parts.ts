import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { BrowserSession } from '../cli/browser.ts';
import { CommandError } from '../cli/errors.ts';
import { formatTable, threeDigits } from '../cli/table.ts';
import { ROOT } from '../scripts/setup/system.mjs';
import type { BenchApi } from './page/api.ts';
import type { KernelResult } from './page/kernels/index.ts';
import type { PhaseResult } from './page/model.ts';
import type { StepCosts } from './page/steps.ts';
import { benchPolicies } from './policies/index.ts';
import type { PoliciesRequest } from './policies/options.ts';
import { milliseconds, percent } from './report.ts';

/** What the parts of the bench share. */
export interface PartContext {
  readonly session: BrowserSession<BenchApi>;
  /** The peer's model. */
  readonly onnx: string;
  /** What the policies' part was asked for. */
  readonly policies: PoliciesRequest;
}

/** A part of the bench: measures, prints tables, and returns what is written. */
export type Part = (context: PartContext) => Promise<unknown>;

const kernels: Part = async ({ session }) => {
  const results = await session.call('kernels');
  const columns = [
    { title: 'kernel' },
    { title: 'shape' },
    { title: 'arm' },
    { title: 'ms', numeric: true },
    { title: 'least', numeric: true },
    { title: 'most', numeric: true },
    { title: 'rate', numeric: true },
  ];
  const rows = results.map(({ kernel, shape, arm, median, least, most, ...rates }) => {
    const times = [median, least, most].map(milliseconds);
    return [kernel, shape, arm, ...times, rate(rates)];
  });
  console.log(formatTable(columns, rows));
  return results;
};

function rate({ gflops, gigabytesPerSecond }: Pick<KernelResult, 'gflops' | 'gigabytesPerSecond'>): string {
  return gflops === undefined ? `${threeDigits(gigabytesPerSecond ?? 0)} GB/s` : `${threeDigits(gflops)} GFLOP/s`;
}

const model: Part = async ({ session }) => {
  const results = await session.call('model');
  printPhases(results.phases);
  printCosts(results.costs);
  return results;
};

function printPhases(phases: readonly PhaseResult[]): void {
  const titles = ['phase', 'ms', 'least', 'most', 'runs', 's in a clip'];
  const columns = titles.map((title, i) => ({ title, numeric: i > 0 }));
  const rows = phases.map(({ phase, median, least, most, runs }) => {
    const times = [median, least, most].map(milliseconds);
    return [phase, ...times, String(runs), (runs * median).toFixed(2)];
  });
  console.log(formatTable(columns, rows));
  for (const { phase, kernels } of phases) {
    const total = kernels.reduce((sum, { seconds }) => sum + seconds, 0);
    const shares = kernels.map(({ kernel, dispatches, seconds }) => {
      return [kernel, String(dispatches), milliseconds(seconds), percent(seconds / total)];
    });
    const columns = [phase, 'dispatches', 'ms', 'share'].map((title, i) => ({ title, numeric: i > 0 }));
    console.log(`\n${formatTable(columns, shares)}`);
  }
}

function printCosts({ steps, measuringShare }: StepCosts): void {
  const columns = ['step', 'ms', 'least', 'most', 'of computed'].map((title, i) => ({ title, numeric: i > 0 }));
  const rows = steps.map(({ step, median, least, most, share }) => {
    return [step, ...[median, least, most].map(milliseconds), percent(share)];
  });
  console.log(`\n${formatTable(columns, rows)}`);
  console.log(`Measuring: ${percent(measuringShare)} of a forward by its kernels' own times`);
}

const peers: Part = async ({ session, onnx }) => {
  if (!existsSync(onnx)) {
    throw new CommandError(
      `There is no ${onnx}. Make it with \`python bench/export_onnx.py models/shapes FILE\` and give --onnx FILE.`,
    );
  }
  const { server } = session;
  const results = await session.call('peers', {
    runtimeUrl: server.mount(join(ROOT, 'node_modules/onnxruntime-web/dist')),
    onnxUrl: server.mount(dirname(onnx)) + basename(onnx),
    threads: availableParallelism(),
  });
  const ours = results[0]?.median ?? 0;
  const columns = [
    { title: 'forward at 80 tokens' },
    { title: 'ms', numeric: true },
    { title: 'least', numeric: true },
    { title: 'most', numeric: true },
    { title: 'ours is', numeric: true },
    { title: 'largest difference', numeric: true },
  ];
  const rows = results.map(({ arm, median, least, most, maxAbsolute }) => {
    const times = [median, least, most].map(milliseconds);
    return [arm, ...times, `${threeDigits(median / ours)}x faster`, maxAbsolute.toExponential(2)];
  });
  console.log(formatTable(columns, rows));
  return results;
};

const policies: Part = ({ session, policies }) => benchPolicies(session, policies);

/** The parts by name, in the order in which they run. */
export const PARTS: Readonly<Record<string, Part>> = { kernels, model, peers, policies };
