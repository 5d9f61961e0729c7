import type { Forecast } from './forecast.ts';
import type { Site } from './site.ts';

/** Runs a site: `embed`, a block, a sub-layer, `head`. */
export interface Run {
  readonly kind: 'run';
  readonly site: Site;
  /** Of a sub-layer kept by heads: those that are computed; the others are what the slot kept. Absent: all. */
  readonly heads?: readonly boolean[];
  /** Of a sub-layer that is kept before its gate: those tokens that are computed; the others are what the slot kept. */
  readonly tokens?: readonly number[];
}

/** Runs actions, and keeps in a slot what their site has come to by them; also what it restores itself, by a forecast. */
export interface Keep {
  readonly kind: 'keep';
  readonly slot: string;
  readonly of: readonly Action[];
}

/** A factor and a summand of each channel. */
export interface ScaleShift {
  readonly scale: ArrayLike<number>;
  readonly shift: ArrayLike<number>;
}

/** Takes what a slot has kept in the place of running its site. */
export interface Restore {
  readonly kind: 'restore';
  readonly slot: string;
  /** What becomes of several kept values; absent: the newest, as it is. */
  readonly forecast?: Forecast;
  /** Of a slot that says so: what becomes of each channel; absent: it stays as it is. */
  readonly scaleShift?: ScaleShift;
}

/** Runs actions, and compares what they come to with what the measurement's slots have kept. */
export interface Measure {
  readonly kind: 'measure';
  readonly measurement: string;
  readonly of: readonly Action[];
}

/** What was measured last becomes what is compared next: for a measurement that does not do so by itself. */
export interface Refresh {
  readonly kind: 'refresh';
  readonly measurement: string;
}

/** Runs one of a decision's two lists, by what has just been measured: the GPU decides, within the step. */
export interface Decide {
  readonly kind: 'decide';
  readonly decision: string;
  /** The verdict is to compute, whatever is measured. */
  readonly isForced: boolean;
}

/** Something that a forward does. */
export type Action = Run | Keep | Restore | Measure | Refresh | Decide;

/** See `Run`. */
export function run(site: Site, heads?: readonly boolean[]): Run {
  return { kind: 'run', site, ...(heads && { heads }) };
}

/** Runs a sub-layer for some tokens: see `Run`. */
export function runTokens(site: Site, tokens: readonly number[]): Run {
  return { kind: 'run', site, tokens };
}

/** See `Keep`. */
export function keep(slot: string, ...of: readonly Action[]): Keep {
  return { kind: 'keep', slot, of };
}

/** See `Restore`. */
export function restore(slot: string, forecast?: Forecast): Restore {
  return { kind: 'restore', slot, ...(forecast && { forecast }) };
}

/** See `Restore`. */
export function restoreScaled(slot: string, scaleShift: ScaleShift): Restore {
  return { kind: 'restore', slot, scaleShift };
}

/** See `Measure`. */
export function measure(measurement: string, ...of: readonly Action[]): Measure {
  return { kind: 'measure', measurement, of };
}

/** See `Refresh`. */
export function refresh(measurement: string): Refresh {
  return { kind: 'refresh', measurement };
}

/** See `Decide`. */
export function decide(decision: string, isForced = false): Decide {
  return { kind: 'decide', decision, isForced };
}

/** A forward whose blocks are what is said: tokens before them, a prediction after. */
export function forward(...blocks: readonly Action[]): Action[] {
  return [run('embed'), ...blocks, run('head')];
}

/** All actions of a list, each before those inside it; not those of decisions. */
export function* flattened(actions: readonly Action[]): Iterable<Action> {
  for (const action of actions) {
    yield action;
    if ('of' in action) yield* flattened(action.of);
  }
}

/** Whether any action takes something kept in the place of computing it. @param except Slots that may be. */
export function takesKept(actions: readonly Action[], except: ReadonlySet<string> = new Set()): boolean {
  return [...flattened(actions)].some(
    (action) =>
      (action.kind === 'restore' && !except.has(action.slot)) ||
      (action.kind === 'run' && (action.heads?.includes(false) || action.tokens !== undefined)),
  );
}

/** Actions without measuring: what is inside is done all the same. */
export function unmeasured(actions: readonly Action[]): Action[] {
  return actions.flatMap((action): Action[] => {
    if (action.kind === 'measure') return unmeasured(action.of);
    if (action.kind === 'refresh') return [];
    return action.kind === 'keep' ? [{ ...action, of: unmeasured(action.of) }] : [action];
  });
}
