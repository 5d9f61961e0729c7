import type { Phase } from 'stillframe';
import { formatBytes, formatSeconds } from '../format.ts';
import { PHASE_TITLES, type PhaseView } from '../state/phases.ts';

interface Props {
  readonly phase: Phase;
  /** Absent before it begins. */
  readonly view: PhaseView | undefined;
}

/** What the browser kept from last time is its cache. */
const ORIGINS = { network: 'from network', store: 'from cache', disk: 'from disk' } as const;

/** A phase: its bar, how much of how much, and its seconds when it is done. */
export function PhaseRow({ phase, view }: Props) {
  const title = PHASE_TITLES[phase];
  const isDone = view?.seconds !== undefined;
  return (
    <li class={isDone ? 'phase done' : 'phase'}>
      <span class="phase-title">
        {title} <span class="help">{view?.from && ORIGINS[view.from]}</span>
      </span>
      <span class="phase-seconds">{isDone && formatSeconds(view.seconds ?? 0)}</span>
      <progress
        aria-label={`${title}, progress`}
        max={view?.total || 1}
        value={isDone ? view.total || 1 : (view?.loaded ?? 0)}
      />
      <span class="phase-amount help">{view && amount(view)}</span>
    </li>
  );
}

function amount({ phase, loaded, total }: PhaseView): string {
  if (phase !== 'download') return total > 0 ? `${loaded} of ${total}` : 'nothing to do';
  return loaded < total ? `${formatBytes(loaded)} of ${formatBytes(total)}` : formatBytes(total);
}
