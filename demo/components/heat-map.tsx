import { useEffect, useRef } from 'preact/hooks';
import { type Cells, cellAt, moved, type Place } from '../cache-view/cells.ts';
import type { Grid } from '../cache-view/grid.ts';
import { paintGrid } from '../cache-view/paint.ts';
import type { Scale } from '../cache-view/scale.ts';
import { BRANCH_NAMES } from '../cache-view/words.ts';
import { colorOf, isDark } from '../state/theme.ts';

interface HeatMapProps {
  readonly grid: Grid;
  readonly scale: Scale;
  /** What the picture shows, in a sentence. */
  readonly summary: string;
  /** Why there is nothing to see. */
  readonly note: string | undefined;
  /** The cell whose numbers are shown, if it is one of these. */
  readonly selected: Place | undefined;
  readonly onSelect: (place: Place | undefined) => void;
}

/** A branch's steps x blocks on a canvas. Pointer, or focus and arrow keys, select a cell. */
export function HeatMap({ grid, scale, summary, note, selected, onSelect }: HeatMapProps) {
  const cells: Cells = { columns: grid.steps, rows: grid.rows.length };
  const canvas = useRef<HTMLCanvasElement>(null);
  useCanvas(canvas, grid, scale, isDark.value);

  const point = (event: PointerEvent & { readonly currentTarget: Element }) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    onSelect(cellAt((event.clientX - left) / width, (event.clientY - top) / height, cells));
  };
  const press = (event: KeyboardEvent) => {
    const next = moved(selected ?? { step: 0, row: 0 }, event.key, cells);
    if (!next || cells.rows === 0) return;
    event.preventDefault();
    onSelect(next);
  };
  const focus = (event: FocusEvent & { readonly currentTarget: Element }) => {
    // A press selects the cell under it, and brings focus too.
    if (event.currentTarget.matches(':focus-visible') && cells.rows > 0) onSelect(selected ?? { step: 0, row: 0 });
  };
  const leave = (event: PointerEvent) => {
    // A finger that is lifted leaves its cell selected.
    if (event.pointerType !== 'touch') onSelect(undefined);
  };

  return (
    <div class="heat-map">
      <div class="heat-map-rows" aria-hidden="true">
        <b>{BRANCH_NAMES[grid.branch].short}</b>
        {namedRows(grid).map((name) => (
          <span key={name}>{shortName(name)}</span>
        ))}
      </div>
      {/* An application, so that a screen reader passes the arrow keys on. */}
      <div
        class="heat-map-cells"
        role="application"
        aria-label={`Cells ${BRANCH_NAMES[grid.branch].long}: arrow keys go from step to step and from block to block`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the arrow keys.
        tabIndex={0}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={leave}
        onKeyDown={press}
        onFocus={focus}
        onBlur={() => onSelect(undefined)}
      >
        <canvas ref={canvas} role="img" aria-label={summary} />
        {note && <p class="heat-map-note">{note}</p>}
        {selected && <div class="heat-map-cursor" style={cursorStyle(selected, cells)} />}
      </div>
    </div>
  );
}

/** All rows where they are few, else the first and the last. */
function namedRows({ rows }: Grid): readonly string[] {
  return rows.length <= 3 ? rows : [...rows.slice(0, 1), ...rows.slice(-1)];
}

/** Of a sub-layer, its type: which blocks it is of is in the sentence of a cell. */
function shortName(row: string): string {
  return row.split(',')[0] ?? row;
}

/** Draws when what is shown, the size or the colours change. */
function useCanvas(ref: { readonly current: HTMLCanvasElement | null }, grid: Grid, scale: Scale, isDark: boolean) {
  const draw = () => {
    const context = ref.current?.getContext('2d');
    if (!context) return;
    const [plain, reused, hatch] = [colorOf('--unmeasured'), colorOf('--reused'), colorOf('--hatch')];
    paintGrid(context, grid, scale, { isDark, plain, reused, hatch }, devicePixelRatio);
  };
  const newest = useRef(draw);
  newest.current = draw;

  useEffect(() => {
    const { current: element } = ref;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      element.width = Math.round(width * devicePixelRatio);
      element.height = Math.round(height * devicePixelRatio);
      newest.current();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);

  // All that it draws from.
  useEffect(() => newest.current(), [grid, scale, isDark]);
}

function cursorStyle({ step, row }: Place, { columns, rows }: Cells) {
  const share = (index: number, count: number) => `${(100 * index) / count}%`;
  return { left: share(step, columns), top: share(row, rows), width: share(1, columns), height: share(1, rows) };
}
