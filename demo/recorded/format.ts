/**
 * A run as it outlives the page: its report, and a small lossy copy of its pictures.
 *
 * @module
 */
import type { Measured, NewRun, Run } from '../state/runs.ts';

/** Counts up whenever a report or a request changes its form: what was recorded in another one is not shown. */
export const FORMAT = 1;

/** All of a run but its pictures, as JSON. */
export interface RecordedRun extends Pick<NewRun, 'role' | 'model' | 'request' | 'report'>, Pick<Run, 'isOwnModel'> {
  /** `FORMAT` of the page that recorded it. */
  readonly format: number;
  /** Its own for ever, as a run's number is not. */
  readonly key: string;
  /** `baseline` is a `key`. */
  readonly measured?: Omit<Measured, 'baseline'> & { readonly baseline: string };
  /** Of its pictures. */
  readonly frames: FrameSheet;
}

/** How a clip's frames lie in one picture: row by row, in as many columns as `columnsOf` says. */
export interface FrameSheet {
  readonly count: number;
  /** Pixels of a frame in the sheet. */
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly fps: number;
}

/** Columns of a sheet: about as many as rows, as pictures may not be too long. */
export function columnsOf({ count }: Pick<FrameSheet, 'count'>): number {
  return Math.ceil(Math.sqrt(count));
}

/** Where a frame lies in its sheet, in pixels. */
export function placeOf(frame: number, sheet: FrameSheet): { readonly x: number; readonly y: number } {
  const columns = columnsOf(sheet);
  return { x: (frame % columns) * sheet.width, y: Math.floor(frame / columns) * sheet.height };
}

/** What is kept of a run. @param keyOf A run's key by its number. */
export function toRecorded(run: Run, keyOf: (id: number) => string | undefined, frames: FrameSheet): RecordedRun {
  const { key, role, model, isOwnModel, request, report, measured } = run;
  const baseline = measured && keyOf(measured.baseline);
  return {
    ...{ format: FORMAT, key, role, model, isOwnModel, request, report, frames },
    ...(measured && baseline !== undefined && { measured: { ...measured, baseline } }),
  };
}

/** JSON of what was recorded; scores and times to four digits, which is more than anyone reads. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, each) =>
    typeof each === 'number' && !Number.isInteger(each) ? Number(each.toPrecision(4)) : each,
  );
}
