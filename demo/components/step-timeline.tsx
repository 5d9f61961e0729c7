import { evenTicks, middleOf } from '../cache-view/chart.ts';
import { stepTicks } from '../cache-view/layout.ts';
import { formatStep, type StepKind, secondsOf, timelineSentence, timelineSource } from '../cache-view/timeline.ts';
import type { CacheView } from '../state/live.ts';
import { Chart } from './chart.tsx';

const HEIGHT = 128;

/** Of a step's column; of few steps not as much, or they would be slabs. */
const BAR_SHARE = 0.8;
const WIDEST_BAR = 0.06;

const KINDS: readonly StepKind[] = ['computed', 'partly', 'reused'];

/** How long each step took, a bar a step. */
export function StepTimeline({ view }: { readonly view: CacheView }) {
  const { steps } = view;
  const bars = KINDS.map((kind) => ({ kind, seconds: secondsOf(view, kind) }));
  const most = Math.max(0, ...bars.flatMap(({ seconds }) => seconds.map((value) => value ?? 0)));
  const high = most > 0 ? most * 1.05 : 1;
  const width = Math.min(BAR_SHARE / steps, WIDEST_BAR);
  const sentence = timelineSentence(view);
  return (
    <figure class="step-timeline" aria-label="Time a step">
      <div class="curve-key" aria-hidden="true">
        <span class="key bar">computed</span>
        <span class="key bar partly">in one branch</span>
        <span class="key bar reused">reused</span>
      </div>
      <Chart
        height={HEIGHT}
        label={`Seconds of each step. ${sentence}`}
        x={stepTicks(steps).map((step) => ({ at: middleOf(step, steps), text: String(step) }))}
        y={evenTicks({ low: 0, high }, (seconds) => (seconds === 0 ? '0' : formatStep(seconds)), 4)}
      >
        {bars.flatMap(({ kind, seconds }) =>
          seconds.map(
            (value, step) =>
              value !== null && (
                <rect
                  key={`${kind} ${step}`}
                  class={kind}
                  x={middleOf(step, steps) - width / 2}
                  width={width}
                  y={1 - value / high}
                  height={value / high}
                />
              ),
          ),
        )}
      </Chart>
      <p class="help timeline-note">
        {sentence} {timelineSource(view)}
      </p>
    </figure>
  );
}
