import { useSignal } from '@preact/signals';
import { saveJson } from '../save.ts';
import { saveClip } from '../stage/save-clip.ts';
import { isOnGpu, type Run, shownBaseline } from '../state/runs.ts';
import { compare, isBusy, tryFewerSteps } from '../state/session.ts';

/** What can be done with the shown run. Buttons stay where they are; those that make no sense now are disabled. */
export function StageActions({ run }: { readonly run: Run | undefined }) {
  const isSaving = useSignal(false);
  const isCompared = shownBaseline.value !== undefined;
  const isComparable = run !== undefined && isOnGpu(run);
  const canRun = isComparable && !isBusy.value;
  const download = async (of: Run) => {
    isSaving.value = true;
    await saveClip(of);
    isSaving.value = false;
  };
  return (
    <>
      <div class="row stage-actions">
        <button
          type="button"
          disabled={!canRun || isCompared || run.role === 'baseline'}
          onClick={() => run && compare(run.id)}
        >
          {isCompared ? 'Compared' : 'Compare'}
        </button>
        <button type="button" disabled={!canRun || !isCaching(run)} onClick={() => run && tryFewerSteps(run.id)}>
          Also try: fewer steps at the same time
        </button>
        <button type="button" disabled={!run || isSaving.value} onClick={() => run && download(run)}>
          {isSaving.value ? 'Encoding…' : 'Download clip'}
        </button>
        <button type="button" disabled={!run} onClick={() => run && saveJson(run.report, 'report.json')}>
          Download report
        </button>
      </div>
      <p class="help">
        {run && !isComparable
          ? 'The model was loaded anew since: this clip can no longer be compared.'
          : 'Compare runs the same seed with everything computed. Fewer steps is the honest control: what plain steps give in that time.'}
      </p>
    </>
  );
}

/** Whether the run's method saves something that fewer steps could save too. */
function isCaching({ role, report }: Run): boolean {
  return role === 'run' && report.blocks.reused > 0;
}
