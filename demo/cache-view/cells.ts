/** How many cells a picture has: a column a step. */
export interface Cells {
  readonly columns: number;
  readonly rows: number;
}

/** A cell: a step, and a row of it. */
export interface Place {
  readonly step: number;
  readonly row: number;
}

/** In whole pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** From here on cells stand apart, in pixels of the canvas. */
const APART_FROM = 5;

/**
 * The box of a cell in a picture of `width` x `height` pixels. Edges lie on whole pixels: sharp, and without seams.
 */
export function boxOf({ step, row }: Place, { columns, rows }: Cells, width: number, height: number): Box {
  const edge = (index: number, count: number, size: number) => Math.round((index * size) / count);
  const [left, right] = [edge(step, columns, width), edge(step + 1, columns, width)];
  const [top, bottom] = [edge(row, rows, height), edge(row + 1, rows, height)];
  const gap = (size: number) => (size >= APART_FROM ? 1 : 0);
  return { left, top, width: right - left - gap(right - left), height: bottom - top - gap(bottom - top) };
}

/** The cell at a point given as shares of the width and the height; undefined outside. */
export function cellAt(x: number, y: number, { columns, rows }: Cells): Place | undefined {
  if (!(x >= 0 && x < 1 && y >= 0 && y < 1) || columns === 0 || rows === 0) return undefined;
  return { step: Math.floor(x * columns), row: Math.floor(y * rows) };
}

/** Where a key goes from a cell; undefined for a key that goes nowhere. */
export function moved({ step, row }: Place, key: string, { columns, rows }: Cells): Place | undefined {
  const at = (to: number, count: number) => Math.max(0, Math.min(count - 1, to));
  switch (key) {
    case 'ArrowLeft':
      return { step: at(step - 1, columns), row };
    case 'ArrowRight':
      return { step: at(step + 1, columns), row };
    case 'ArrowUp':
      return { step, row: at(row - 1, rows) };
    case 'ArrowDown':
      return { step, row: at(row + 1, rows) };
    case 'Home':
      return { step: 0, row };
    case 'End':
      return { step: at(columns - 1, columns), row };
    default:
      return undefined;
  }
}
