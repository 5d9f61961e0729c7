import type { RunRequest } from '../engine/protocol.ts';
import type { Run } from './runs.ts';

/**
 * The same run with everything computed, and measured as the run's own policy measures: so one baseline says how any
 * threshold would have gone.
 */
export function baselineRequest({ request, report }: Pick<Run, 'request' | 'report'>): RunRequest {
  const isInput = report.measurements.some(({ value }) => value === 'modulatedInput');
  const measure = isInput ? 'modulated' : 'feature';
  return { ...request, steps: request.steps ?? report.steps, policy: 'none', policyOptions: { measure } };
}

/** The same run with as many steps as compute as many blocks. */
export function controlRequest({ request, report }: Pick<Run, 'request' | 'report'>): RunRequest {
  const { computed, reused } = report.blocks;
  const share = computed / (computed + reused);
  return { ...request, policy: 'fewer-steps', policyOptions: { share } };
}
