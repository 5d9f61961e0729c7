import type { Phase } from 'stillframe';
import { estimateSeconds } from '../state/estimate.ts';
import type { LiveRun } from '../state/live.ts';
import { estimated, loaded } from '../state/model.ts';
import { PHASE_TITLES, type PhaseView, phases } from '../state/phases.ts';
import { runs } from '../state/runs.ts';
import { stop } from '../state/session.ts';
import { leftInWords, secondsLeft } from '../state/time-left.ts';
import '../styles/progress.css';

const ORDER = Object.keys(PHASE_TITLES) as Phase[];

/** How far the run under way is: the phase, a bar, the step, the time that is left; and a way to end it. */
export function RunProgress({ run }: { readonly run: LiveRun }) {
  const views = phases.value;
  const now = ORDER.find((phase) => views[phase] && views[phase].seconds === undefined);
  const view = now && views[now];
  return (
    <div class="run-progress">
      <div class="run-line">
        <strong>{view ? sentence(view) : 'Beginning'}</strong>
        <span class="help">{timeLeft(run)}</span>
        <button type="button" class="stop" onClick={() => void stop()}>
          Stop
        </button>
      </div>
      <progress aria-label="Progress of this phase" max={view?.total || 1} value={view?.loaded ?? 0} />
      <ol class="run-phases">
        {ORDER.map((phase) => (
          <li key={phase} class={stateOf(views[phase])} aria-current={phase === now ? 'step' : undefined}>
            {PHASE_TITLES[phase]}
          </li>
        ))}
      </ol>
    </div>
  );
}

/** What goes on, e.g. `Step 12 of 30`. */
export function sentence({ phase, loaded, total }: PhaseView): string {
  switch (phase) {
    case 'download':
      return `Getting weights, ${Math.floor((100 * loaded) / Math.max(1, total))} %`;
    case 'compile':
      return `Compiling, ${loaded} of ${total}`;
    case 'text':
      return 'Reading the prompt';
    case 'denoise':
      return `Step ${Math.min(loaded + 1, total)} of ${total}`;
    case 'decode':
      return `Making pictures, ${loaded} of ${total}`;
  }
}

/** About how long it still takes, in words; nothing where nobody knows. */
export function timeLeft(run: LiveRun): string {
  const model = estimated.value;
  // How fast weights come is not known.
  if (!model || !loaded.value) return '';
  const whole = estimateSeconds(run.request, model, runs.value, navigator.hardwareConcurrency || 1).seconds;
  return leftInWords(secondsLeft(run, whole), run.stepSeconds.length);
}

function stateOf(view: PhaseView | undefined): string {
  if (!view) return 'coming';
  return view.seconds === undefined ? 'now' : 'done';
}
