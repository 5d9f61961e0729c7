import type { Branch } from 'stillframe';
import type { CacheView } from '../state/live.ts';

/** Whether the run goes on without a branch; its forwards of a step come one after the other. */
export function isLeftOut({ schedule }: Pick<CacheView, 'schedule'>, branch: Branch): boolean {
  const others = Object.values(schedule);
  return schedule[branch] === undefined && others.some((digits = '') => digits.length > 1);
}
