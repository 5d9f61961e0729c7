import { formatRoughly } from '../format.ts';
import type { LiveRun } from './live.ts';

/** Of the newest steps: what comes is most like them. */
const LOOK_BACK = 4;

/**
 * About how long a run still takes: its coming steps as the newest ones, and what comes after them.
 *
 * @param whole Seconds that the whole run was thought to take, of which a share of `besides` is not steps.
 * @returns undefined while nothing is known.
 */
export function secondsLeft(
  { steps, stepSeconds }: Pick<LiveRun, 'steps' | 'stepSeconds'>,
  whole: number | undefined,
  besides = 0.35,
): number | undefined {
  const after = whole === undefined ? 0 : whole * besides;
  const newest = stepSeconds.slice(-LOOK_BACK);
  if (newest.length === 0) return whole;
  const each = newest.reduce((sum, seconds) => sum + seconds, 0) / newest.length;
  return each * Math.max(0, steps - stepSeconds.length) + after;
}

/** The same in words. @param done Steps that are: before the first of them nothing is almost done. */
export function leftInWords(left: number | undefined, done: number): string {
  if (left === undefined) return '';
  if (left < 1) return done > 0 ? 'almost done' : '';
  return `about ${formatRoughly(Math.round(left))} left`;
}
