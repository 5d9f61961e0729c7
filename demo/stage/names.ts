import type { Run } from '../state/runs.ts';

/** A run in a few words, e.g. `Run 3: bwcache`. */
export function nameOf({ id, role, report }: Pick<Run, 'id' | 'role' | 'report'>): string {
  return `Run ${id}: ${role === 'baseline' ? 'everything computed' : methodOf(role, report)}`;
}

/** What a clip is, in words that claim no more than is known: nobody has looked at it yet. */
export function describeClip(run: Pick<Run, 'id' | 'role' | 'report'>): string {
  const { prompt, seed, frames, width, height } = run.report;
  return `Clip generated for “${prompt}”. ${nameOf(run)}, seed ${seed}, ${frames} frames of ${width} by ${height}.`;
}

/** The facts under a clip. */
export function captionOf({ report }: Pick<Run, 'report'>): string {
  const { prompt, seed, steps, frames, width, height } = report;
  return `“${prompt}”, seed ${seed}, ${steps} ${steps === 1 ? 'step' : 'steps'}, ${frames} frames of ${width} × ${height}`;
}

/** The name of a clip's file, e.g. `stillframe-7-bwcache.mp4`. @param type A video's media type. */
export function clipFileName({ report }: Pick<Run, 'report'>, type: string): string {
  return `stillframe-${report.seed}-${report.policy.name}.${type.startsWith('video/mp4') ? 'mp4' : 'webm'}`;
}

function methodOf(role: Run['role'], { policy, steps }: Run['report']): string {
  if (role === 'control') return `fewer steps (${steps})`;
  return policy.name === 'none' ? 'no caching' : policy.name;
}
