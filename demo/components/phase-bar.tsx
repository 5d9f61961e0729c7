import type { Report } from 'stillframe';
import { PHASES } from '../history/figures.ts';

interface PhaseBarProps {
  readonly report: Report | undefined;
  /** Seconds that the full width stands for. */
  readonly full: number;
}

/** Time per phase as a bar; the numbers are in the lines under it. */
export function PhaseBar({ report, full }: PhaseBarProps) {
  return (
    <div class="phase-bar" aria-hidden="true">
      {report &&
        PHASES.map(([phase]) => (
          <div key={phase} class={`phase-${phase}`} style={{ width: `${(100 * report.seconds[phase]) / full}%` }} />
        ))}
    </div>
  );
}
