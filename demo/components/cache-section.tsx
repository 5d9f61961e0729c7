import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type CacheRecord, liveRecord, recordOf } from '../cache-view/record.ts';
import { live } from '../state/live.ts';
import { presets } from '../state/model.ts';
import { shown, shownBaseline } from '../state/runs.ts';
import { settings } from '../state/settings.ts';
import { whatIf } from '../state/what-if.ts';
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
  const drawn = record ?? nothingYet(settings.value.steps);
  const canSwitch = !running && measured !== undefined;

  return (
    <section class="panel cache" aria-labelledby="cache-heading">
      <div class="cache-head">
        <h2 id="cache-heading">See the cache</h2>
        <fieldset class="row" disabled={!canSwitch}>
          <legend class="unseen">Heat map of</legend>
          {[false, true].map((ofBaseline) => (
            <button
              key={String(ofBaseline)}
              type="button"
              class="chip"
              aria-pressed={ofBaseline === (canSwitch && isOfBaseline.value)}
              onClick={() => {
                isOfBaseline.value = ofBaseline;
              }}
            >
              {ofBaseline ? 'All computed' : 'This run'}
            </button>
          ))}
        </fieldset>
      </div>
      <p class="help">
        A column is a denoising step, a row a block of the transformer; the colour says how much the block changed since
        it was last measured. With guidance the model runs twice a step: with the prompt (cond) and without it (uncond).
      </p>
      <HeatMaps record={canSwitch && isOfBaseline.value ? measured : drawn} />
      <h3>Score and threshold</h3>
      <ScoreCurve record={drawn} isEmpty={!record} whatIf={whatIf.value} />
      <h3>Time a step</h3>
      <StepTimeline view={drawn} />
    </section>
  );
}

function nothingYet(steps: number): CacheRecord {
  const policy = { name: 'none', options: {} };
  return { steps, blocks: 0, schedule: {}, sites: [], measurements: [], scores: [], stepSeconds: [], policy };
}
