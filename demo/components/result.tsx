import type { ComponentChildren } from 'preact';
import { formatRoughly } from '../format.ts';
import { resultOf } from '../history/result.ts';
import { estimateSeconds } from '../state/estimate.ts';
import { estimated } from '../state/model.ts';
import { isExample, isOnGpu, type Run, runs, shownBaseline, shownControl } from '../state/runs.ts';
import { compare, isBusy, tryFewerSteps } from '../state/session.ts';
import { ResultFigures } from './result-figures.tsx';
import '../styles/result.css';

interface ResultProps {
  readonly run: Run;
  /** What the clip was made from. */
  readonly caption: ComponentChildren;
}

/** What the shown run came to, and the one thing to do next. */
export function Result({ run, caption }: ResultProps) {
  const { headline, detail } = resultOf(run, shownControl.value);
  return (
    <div class="result">
      {caption}
      <p class="result-headline">{headline}</p>
      {detail && <p class="result-detail">{detail}</p>}
      {run.report.warnings.map((warning) => (
        <p key={warning} class="result-warning">
          {warning}
        </p>
      ))}
      <ResultFigures run={run} />
      <NextAction run={run} />
    </div>
  );
}

function NextAction({ run }: { readonly run: Run }) {
  if (isExample(run)) {
    return (
      <p class="help next-action">
        Recorded in this page, on a processor without a GPU. Press Generate for one of your own.
      </p>
    );
  }
  if (!isOnGpu(run)) {
    return (
      <p class="help next-action">Its model is no longer loaded as it was: Generate makes it again, to be checked.</p>
    );
  }
  if (!shownBaseline.value && run.role !== 'baseline') {
    return (
      <p class="row next-action">
        <button type="button" class="primary" disabled={isBusy.value} onClick={() => compare(run.id)}>
          Check against the full clip
        </button>
        <span class="help">{fullClipTime(run)}</span>
      </p>
    );
  }
  if (!isCaching(run) || shownControl.value) return null;
  return (
    <p class="row next-action">
      <button type="button" disabled={isBusy.value} onClick={() => tryFewerSteps(run.id)}>
        Could fewer steps do the same?
      </button>
      <span class="help">The honest control: as many steps as this run’s time would have bought.</span>
    </p>
  );
}

function fullClipTime(run: Run): string {
  const model = estimated.value;
  if (!model) return 'Makes the same clip with everything computed.';
  const { seconds } = estimateSeconds(run.request, model, runs.value, navigator.hardwareConcurrency || 1);
  return `Makes the same clip with everything computed, in about ${formatRoughly(seconds)}.`;
}

/** Whether the run's method saves something that fewer steps could save too. */
function isCaching({ role, report }: Run): boolean {
  return role === 'run' && report.blocks.reused > 0;
}
