import type { Run } from '../state/runs.ts';
import { type Cell, toCsv } from './csv.ts';
import { computedShare } from './share.ts';

/** What a table of runs says of each, by column. Times are in seconds, PSNR in dB, memory in bytes. */
const FIELDS: Readonly<Record<string, (run: Run) => Cell>> = {
  run: ({ id }) => id,
  role: ({ role }) => role,
  model: ({ model }) => model,
  adapter: ({ report }) => report.adapter,
  prompt: ({ report }) => report.prompt,
  seed: ({ report }) => report.seed,
  steps: ({ report }) => report.steps,
  guidanceScale: ({ report }) => report.guidanceScale,
  frames: ({ report }) => report.frames,
  width: ({ report }) => report.width,
  height: ({ report }) => report.height,
  policy: ({ report }) => report.policy.name,
  policyOptions: ({ request }) => JSON.stringify(request.policyOptions ?? {}),
  denoiseSeconds: ({ report }) => report.seconds.denoise,
  decodeSeconds: ({ report }) => report.seconds.decode,
  blocksComputed: ({ report }) => report.blocks.computed,
  blocksReused: ({ report }) => report.blocks.reused,
  computedShare: ({ report }) => computedShare(report.blocks),
  peakBytes: ({ report }) => report.memory.peakBytes,
  baseline: ({ measured }) => measured?.baseline,
  speedup: ({ measured }) => measured?.speedup,
  psnr: ({ measured }) => measured?.psnr,
  ssim: ({ measured }) => measured?.ssim,
};

/** A session's runs as a table, a run a line. */
export function runsToCsv(runs: readonly Run[]): string {
  const cells = runs.map((run) => Object.values(FIELDS).map((field) => field(run)));
  return toCsv(Object.keys(FIELDS), cells);
}

/** A session's runs with all that is known of each but its pictures. */
export function runsToJson(runs: readonly Run[]) {
  return runs.map(({ id, role, model, request, report, measured }) => ({ id, role, model, request, report, measured }));
}
