import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { live } from '../state/live.ts';
import { phases } from '../state/phases.ts';
import { stop } from '../state/session.ts';
import { sentence, timeLeft } from './run-progress.tsx';

/** The progress of the run at the edge of the window, while the stage, where it is shown in full, is not in view. */
export function RunDock() {
  const isAway = useSignal(false);
  const run = live.value;
  const isRunning = run !== undefined;
  useEffect(() => {
    const progress = document.querySelector('.run-progress');
    if (!isRunning || !progress) return;
    const observer = new IntersectionObserver(([entry]) => {
      isAway.value = entry !== undefined && !entry.isIntersecting;
    });
    observer.observe(progress);
    return () => observer.disconnect();
  }, [isRunning, isAway]);
  if (!run || !isAway.value) return null;
  const view = Object.values(phases.value).find(({ seconds }) => seconds === undefined);
  return (
    <section class="run-dock" aria-label="Run under way">
      <strong>{view ? sentence(view) : 'Beginning'}</strong>
      <span class="help">{timeLeft(run)}</span>
      <progress aria-hidden="true" max={view?.total || 1} value={view?.loaded ?? 0} />
      <button type="button" class="stop" onClick={() => void stop()}>
        Stop
      </button>
    </section>
  );
}
