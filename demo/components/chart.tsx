import type { ComponentChildren } from 'preact';
import type { Tick } from '../cache-view/chart.ts';
import '../styles/chart.css';

interface ChartProps {
  /** CSS pixels. */
  readonly height: number;
  /** What the picture shows, for those who do not see it. */
  readonly label: string;
  readonly x: readonly Tick[];
  readonly y: readonly Tick[];
  /** What the axes count. */
  readonly names?: { readonly x: string; readonly y: string };
  /** SVG in a box of 1 x 1 with its origin at the top. */
  readonly children?: ComponentChildren;
  /** Over the field, in its percentages. */
  readonly over?: ComponentChildren;
}

/**
 * A chart as wide as its place: axes and grid in HTML, so that texts keep their size, and what is drawn as SVG, which style
 * sheets colour.
 */
export function Chart({ height, label, x, y, names, children, over }: ChartProps) {
  return (
    <div class={names ? 'chart named' : 'chart'} role="img" aria-label={label} style={{ height: `${height}px` }}>
      <div class="chart-field">
        {y.map(({ at, text }) => (
          <span key={text} class="chart-y" style={{ bottom: `${100 * at}%` }}>
            <span>{text}</span>
          </span>
        ))}
        {x.map(({ at, text }) => (
          <span key={text} class="chart-x" style={{ left: `${100 * at}%` }}>
            {text}
          </span>
        ))}
        <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
          {children}
        </svg>
        {over}
      </div>
      {names && (
        <>
          <span class="chart-name-x">{names.x}</span>
          <span class="chart-name-y">{names.y}</span>
        </>
      )}
    </div>
  );
}
