import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { describePolicies } from 'stillframe/policies';
import { evenTicks } from '../cache-view/chart.ts';
import { END, FIELD_TOP, GUTTER, NAMED_BOTTOM } from '../cache-view/layout.ts';
import { placeLabels } from '../history/labels.ts';
import { markOf } from '../history/marks.ts';
import { type Point, pointsOf, spread } from '../history/points.ts';
import { runs } from '../state/runs.ts';
import { Chart } from './chart.tsx';
import { PolicyLegend } from './policy-legend.tsx';

const HEIGHT = 240;
/** CSS pixels from a mark's middle to its edge. */
const RADIUS = 6;
/** CSS pixels of the numbers beside the marks. */
const TEXT = { width: 7, height: 12 };

/** Speed against quality of the measured runs: up and to the right is better. */
export function SpeedQuality() {
  const points = useMemo(() => pointsOf(runs.value), [runs.value]);
  return points.length > 0 ? <Scatter points={points} /> : null;
}

function Scatter({ points }: { readonly points: readonly Point[] }) {
  const policies = useMemo(() => describePolicies().map(({ name }) => name), []);
  const [place, width] = useWidth();
  // 1 is the baseline's speed: it is on the axis, so that distances from it can be seen.
  const [slow, fast] = spread(valuesOf(points, 'speedup'), { margin: 0.2, empty: [0.8, 3], always: [1] });
  const [far, near] = spread(valuesOf(points, 'psnr'), { margin: 2, empty: [20, 60] });
  const field = { width: Math.max(1, width - GUTTER - END), height: HEIGHT - FIELD_TOP - NAMED_BOTTOM };
  const marks = points.map(({ id, speedup, psnr }) => ({
    x: (field.width * (speedup - slow)) / (fast - slow),
    y: (field.height * (near - psnr)) / (near - far),
    width: TEXT.width * String(id).length,
  }));
  const labels = placeLabels(marks, RADIUS, TEXT.height);
  return (
    <figure class="speed-quality" ref={place}>
      <figcaption>
        <h3>Speed against quality</h3>
        <p class="help">Up and to the right is better. Numbers are runs of the table.</p>
      </figcaption>
      <Chart
        height={HEIGHT}
        label={`Speedup against PSNR of ${points.length} measured runs; the table has the numbers.`}
        x={evenTicks({ low: slow, high: fast }, (speedup) => `${speedup} ×`)}
        y={evenTicks({ low: far, high: near }, String)}
        names={{ x: 'Speedup', y: 'PSNR, dB' }}
        over={points.map((point, i) => (
          <Marked
            key={point.id}
            point={point}
            mark={policies.indexOf(point.policy)}
            at={marks[i] as Spot}
            label={labels[i] as Spot}
          />
        ))}
      />
      <PolicyLegend policies={policies} isUsed={(policy) => points.some((point) => point.policy === policy)} />
    </figure>
  );
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

interface MarkedProps {
  readonly point: Point;
  /** Of its policy. */
  readonly mark: number;
  readonly at: Spot;
  readonly label: Spot;
}

/** A run in the chart, and its number. */
function Marked({ point, mark, at, label }: MarkedProps) {
  const { color, path } = markOf(mark);
  return (
    <>
      <svg
        class="chart-mark"
        viewBox="-1 -1 2 2"
        aria-hidden="true"
        style={{ left: `${at.x - RADIUS}px`, top: `${at.y - RADIUS}px`, color: `var(${color})` }}
      >
        <path d={path} fill="currentColor" />
      </svg>
      <span class="chart-number" style={{ left: `${label.x}px`, top: `${label.y}px` }}>
        {point.id}
      </span>
    </>
  );
}

/** Of an element: its width in CSS pixels, as it changes. */
function useWidth() {
  const place = useRef<HTMLElement>(null);
  const width = useSignal(0);
  useEffect(() => {
    const { current: element } = place;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      width.value = element.clientWidth;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [width]);
  return [place, width.value] as const;
}

function valuesOf(points: readonly Point[], of: 'speedup' | 'psnr'): number[] {
  return points.map((point) => point[of]);
}
