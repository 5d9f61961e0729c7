import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { hasScores, unmeasuredNote } from '../cache-view/notes.ts';
import { liveRecord, recordOf } from '../cache-view/record.ts';
import { live } from '../state/live.ts';
import { presets } from '../state/model.ts';
import { shown, shownBaseline } from '../state/runs.ts';
import { whatIf } from '../state/what-if.ts';
import { CacheTerms } from './cache-terms.tsx';
import { HeatMaps } from './heat-maps.tsx';
import { ScoreCurve } from './score-curve.tsx';
import { StepTimeline } from './step-timeline.tsx';
import '../styles/cache.css';

/** Which steps and blocks were computed and which reused, and why: of the run under way, else of the one shown. */
export function CacheSection() {
  const isOfBaseline = useSignal(false);
  const run = shown.value?.report;
  const baseline = shownBaseline.value?.report;
  const running = live.value;
  const record = useMemo(() => {
    if (running) return liveRecord(running, presets.value);
    return run ? recordOf(run) : undefined;
  }, [running, run]);
  const measured = useMemo(() => baseline && recordOf(baseline), [baseline]);
  if (!record) return null;
  const canSwitch = !running && measured !== undefined;

  return (
    <section class="cache" aria-labelledby="cache-heading">
      <div class="cache-head">
        <h2 id="cache-heading">What was computed, and what was reused</h2>
        {canSwitch && (
          <fieldset class="row">
            <legend class="unseen">Heat map of</legend>
            {[false, true].map((ofBaseline) => (
              <button
                key={String(ofBaseline)}
                type="button"
                class="chip"
                aria-pressed={ofBaseline === isOfBaseline.value}
                onClick={() => {
                  isOfBaseline.value = ofBaseline;
                }}
              >
                {ofBaseline ? 'Full clip' : 'This run'}
              </button>
            ))}
          </fieldset>
        )}
      </div>
      <p class="help">
        Left to right the steps, from noise to clip; top to bottom the blocks of the model. The hotter a cell, the more
        its block changed since it was last measured; lines across it say that it was not computed, and what took its
        place. The model runs twice a step, with the prompt and without it, and goes on from the difference.
      </p>
      <HeatMaps record={canSwitch && isOfBaseline.value ? measured : record} />
      {hasScores(record, running !== undefined) ? (
        <>
          <h3>How much changed, and where little begins</h3>
          <p class="help">
            Drag the line: the schedule that it would have given is drawn at once, from what was measured.
          </p>
          <ScoreCurve record={record} whatIf={whatIf.value} />
        </>
      ) : (
        <p class="help">{unmeasuredNote(record)}</p>
      )}
      <h3>Time a step</h3>
      <StepTimeline view={record} />
      <CacheTerms />
    </section>
  );
}
