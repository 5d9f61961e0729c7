import type { Phase } from 'stillframe';
import { choiceName } from '../files/chosen.ts';
import { formatBytes } from '../format.ts';
import { live } from '../state/live.ts';
import { choice, model } from '../state/model.ts';
import { type PhaseViews, phases } from '../state/phases.ts';

/** What the browser kept from last time is its cache. */
const ORIGINS = { network: 'from network', store: 'from cache', disk: 'from disk' } as const;

/** How far the model is; while it loads, a line of what comes. */
export function LoadLine() {
  const { kind } = model.value;
  const name = choiceName(choice.value);
  const views = phases.value;
  const from = views.download?.from && ORIGINS[views.download.from];
  return (
    <div id="load" class={`load-line ${kind}`}>
      <p>
        {kind === 'loading' && `Getting the model ${name}: ${amount(views)}`}
        {kind === 'ready' && `The model ${name} is ready${from ? `, ${from}` : ''}.`}
        {kind === 'failed' && `The model ${name} is not loaded.`}
      </p>
      {kind === 'loading' && !live.value && (
        <progress aria-label="Loading of the model" max={1} value={loadShare(views)} />
      )}
    </div>
  );
}

/** Of the phases of a load, the one that is not done. */
function amount({ download, compile }: PhaseViews): string {
  if (download && download.loaded < download.total) {
    return `${formatBytes(download.loaded)} of ${formatBytes(download.total)}`;
  }
  return compile ? `compiling, ${compile.loaded} of ${compile.total} kernels` : 'it begins';
}

/** Both go on at once: each is half of it. */
function loadShare(views: PhaseViews): number {
  const shares = (['download', 'compile'] satisfies Phase[]).map((phase) => {
    const view = views[phase];
    return view && view.total > 0 ? view.loaded / view.total : 0;
  });
  return shares.reduce((sum, share) => sum + share / shares.length, 0);
}
