import { formatAmount } from '../format.ts';
import { policyTitle } from '../state/policy-words.ts';
import type { Run } from '../state/runs.ts';

/** A run in a few words, e.g. `Run 3: Compute everything`. */
export function nameOf({ id, role, report }: Pick<Run, 'id' | 'role' | 'report'>): string {
  const what = role === 'baseline' ? 'Everything computed' : methodOf(role, report);
  // The example and its baseline have no number that means something.
  return id < 1 ? what : `Run ${id}: ${what}`;
}

/** What a clip is, in words that claim no more than is known: nobody has looked at it yet. */
export function describeClip(run: Pick<Run, 'id' | 'role' | 'report'>): string {
  const { prompt, seed, frames, width, height } = run.report;
  return `Clip generated for “${prompt}”. ${nameOf(run)}, seed ${seed}, ${formatAmount(frames, 'frame')} of ${width} by ${height}.`;
}

/** What a run's clip was set to, beside the prompt. */
export function factsOf({ report }: Pick<Run, 'report'>): string {
  const { seed, steps, frames, width, height } = report;
  return `seed ${seed}, ${formatAmount(steps, 'step')}, ${formatAmount(frames, 'frame')} of ${width} × ${height}`;
}

/** The name of a clip's file, e.g. `stillframe-7-none.mp4`. @param type A video's media type. */
export function clipFileName({ report }: Pick<Run, 'report'>, type: string): string {
  return `stillframe-${report.seed}-${report.policy.name}.${type.startsWith('video/mp4') ? 'mp4' : 'webm'}`;
}

function methodOf(role: Run['role'], { policy, steps }: Run['report']): string {
  if (role === 'control') return `Fewer steps (${steps})`;
  return policyTitle(policy.name);
}
