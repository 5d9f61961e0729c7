import { signal } from '@preact/signals';
import type { Phase, Progress, Report } from 'stillframe';

/** How far a phase is. */
export interface PhaseView extends Progress {
  /** When it began, in milliseconds as of `performance.now()`. */
  readonly began: number;
  /** How long it took; absent while it runs. */
  readonly seconds?: number;
}

/** What is known of each phase of the load and of the newest run. */
export type PhaseViews = Readonly<Partial<Record<Phase, PhaseView>>>;

/** Phases in their order, as the page calls them. */
export const PHASE_TITLES: Readonly<Record<Phase, string>> = {
  download: 'Weights',
  compile: 'Kernels',
  text: 'Prompt',
  denoise: 'Steps',
  decode: 'Decoding',
};

/** What the page shows of the phases. */
export const phases = signal<PhaseViews>({});

/** A load begins: everything is to come. */
export function beginLoadPhases(): void {
  phases.value = {};
}

/** A run begins: what the load did, stays done. */
export function beginRunPhases(): void {
  const { download, compile } = phases.value;
  phases.value = { ...(download && { download }), ...(compile && { compile }) };
}

/** Takes in the last word on a phase, said at `now`. */
export function takePhase(progress: Progress, now = performance.now()): void {
  const { phase } = progress;
  phases.value = { ...phases.value, [phase]: advance(phases.value[phase], progress, now) };
}

/** The same with the seconds of a finished run's report, which leave out what the page took to hear of it. */
export function finishPhases({ seconds }: Pick<Report, 'seconds'>): void {
  const exact = { ...seconds, download: seconds.load };
  const views = Object.values(phases.value).map((view) => [view.phase, { ...view, seconds: exact[view.phase] }]);
  phases.value = Object.fromEntries(views) as PhaseViews;
}

/** A phase after one more word on it; one that was done goes on from the seconds that it took. */
export function advance(before: PhaseView | undefined, progress: Progress, now: number): PhaseView {
  const isDone = progress.loaded >= progress.total;
  const earlier = before?.seconds;
  if (isDone && before && earlier !== undefined) return { ...before, ...progress };
  const began = earlier === undefined ? (before?.began ?? now) : now - 1000 * earlier;
  return { ...progress, began, ...(isDone && { seconds: (now - began) / 1000 }) };
}

/** The first phase that is under way, as kernels compile while weights come; else the one last heard of. */
export function underway(last: Progress): Progress {
  const views = (Object.keys(PHASE_TITLES) as Phase[]).map((phase) => phases.value[phase]);
  return views.find((view) => view && view.seconds === undefined) ?? last;
}

/** For those who listen: the phase, and how far it is in fifths, so that little is said. */
export function announce({ phase, loaded, total }: Progress): string {
  const fifths = total > 0 ? Math.floor((5 * loaded) / total) : 5;
  return `${PHASE_TITLES[phase]}: ${20 * fifths} %`;
}
