import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { isDark } from '../state/theme.ts';
import 'uplot/dist/uPlot.min.css';
import '../styles/plot.css';

/** uPlot's options, but for those that the component sets. Colours are functions, so that a change of scheme shows. */
export type PlotOptions = Omit<uPlot.Options, 'width' | 'height' | 'title'>;

interface PlotProps {
  /** Must stay the same object: another one makes the chart anew. */
  readonly options: PlotOptions;
  readonly data: uPlot.AlignedData;
  /** CSS pixels: reserved before there is anything to draw. */
  readonly height: number;
  /** What the picture shows, for those who do not see it. */
  readonly label: string;
  /** Called with the chart after it was drawn. */
  readonly onDraw?: (plot: uPlot) => void;
}

/** A chart of uPlot as wide as its place; drawn again when its data, its width or the colour scheme change. */
export function Plot({ options, data, height, label, onDraw }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const newest = useRef({ data, onDraw });
  newest.current = { data, onDraw };
  const isDarkNow = isDark.value;

  useEffect(() => {
    const { current: element } = place;
    if (!element) return;
    const size = { width: element.clientWidth, height };
    const tell = (plot: uPlot) => newest.current.onDraw?.(plot);
    const hooks = { ...options.hooks, draw: [...(options.hooks?.draw ?? []), tell] };
    const plot = new uPlot({ legend: { show: false }, ...options, ...size, hooks }, newest.current.data, element);
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      chart.current = undefined;
    };
  }, [options, height]);

  useEffect(() => chart.current?.setData(data), [data]);
  // The colours are read anew while it draws.
  useEffect(() => chart.current?.redraw(true, true), [isDarkNow]);

  return <div class="plot" ref={place} role="img" aria-label={label} style={{ height: `${height}px` }} />;
}
