import { formatDecibels, formatSpeedup } from '../format.ts';
import type { NewRun, Run } from '../state/runs.ts';
import { computedShare } from './share.ts';
import { verdictOf } from './verdict.ts';

/** What a run came to. */
export interface Result {
  /** The one sentence. */
  readonly headline: string;
  /** What to make of it; empty where the report's own warnings say it. */
  readonly detail: string;
}

type Told = Pick<Run, 'role' | 'report' | 'measured'>;

/** From here on, in dB, one clip counts as nearer than another. */
const NEARER = 0.5;

/** What a run came to, in words. @param control The fewer steps that were tried in its time. */
export function resultOf(run: Told, control?: Told): Result {
  if (run.role === 'baseline') {
    return {
      headline: 'Everything was computed.',
      detail: 'This is the full clip: the others are checked against it.',
    };
  }
  const { measured } = run;
  if (measuredInVain(run)) return { headline: 'Nothing was skipped: no step changed little enough.', detail: '' };
  const saved = savingOf(run);
  if (!measured) return { headline: `${saved}.`, detail: 'What that changed in the pictures, the full clip tells.' };
  return {
    headline: `${saved}: ${formatTimes(measured.speedup)} as fast.`,
    detail: `The pictures are ${verdictOf(measured).words} the full clip’s.${control ? ` ${controlSentence(run, control)}` : ''}`,
  };
}

/** How many times as fast, in words. */
export function formatTimes(speedup: number): string {
  return `${formatSpeedup(speedup).replace(' ×', '')} times`;
}

function savingOf({ role, report }: Told): string {
  if (role === 'control') return `Took ${report.steps} steps instead`;
  const skipped = Math.round(100 * (1 - computedShare(report.blocks)));
  return skipped > 0 ? `Skipped ${skipped} % of the work` : 'Skipped nothing';
}

function controlSentence(run: Told, control: Told): string {
  if (!run.measured || !control.measured) return '';
  const ahead = run.measured.psnr - control.measured.psnr;
  const steps = `${control.report.steps} steps, in about the same time, come`;
  const theirs = formatDecibels(control.measured.psnr);
  if (ahead > NEARER) return `${steps} less near (${theirs}).`;
  if (ahead < -NEARER) return `${steps} nearer (${theirs}): here they win.`;
  return `${steps} as near (${theirs}).`;
}

function measuredInVain({ report: { policy, scores, blocks } }: Pick<NewRun, 'report'>): boolean {
  return policy.name !== 'none' && scores.length > 0 && blocks.reused === 0;
}
