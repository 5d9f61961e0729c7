import type { OptionValue } from '../../cache/options.ts';

/** One of our policies, set as somebody else's hook was. */
export interface SamePolicy {
  readonly policy: string;
  readonly options: Readonly<Record<string, OptionValue>>;
  /** Whether the hook keeps blocks from running; one of sub-layers goes through all of them. */
  readonly skipsBlocks: boolean;
  /** Whether the hook takes a run without guidance for one with it: every second forward is the other branch's to it. */
  readonly alternates?: boolean;
}

/** Options of a hook, as its recording has them. */
export type HookOptions = Readonly<Record<string, unknown>>;

/** How a run was recorded, besides the hook's options. */
export interface HookRun {
  readonly steps: number;
  readonly guidance: number;
  /** Whether both branches were one forward. */
  readonly isBatched: boolean;
  /** Blocks of the model. */
  readonly blocks: number;
}

/** Our policy for a hook's options, or why there is none. */
export type Hook = (options: HookOptions, run: HookRun) => SamePolicy | string;

/** Which values of an option are carried out. */
export type Allowed = (value: unknown) => boolean;

/** A number. */
export const aNumber: Allowed = (value) => typeof value === 'number';

/** A whole number from `least` on. */
export const count =
  (least: number): Allowed =>
  (value) =>
    Number.isInteger(value) && Number(value) >= least;

/** True or false. */
export const aFlag: Allowed = (value) => typeof value === 'boolean';

/** A list of two numbers. */
export const aRange: Allowed = (value) => Array.isArray(value) && value.length === 2 && value.every(aNumber);

/** One of some values. */
export const only =
  (...values: readonly unknown[]): Allowed =>
  (value) =>
    values.some((allowed) => JSON.stringify(allowed) === JSON.stringify(value));

/** Any of several. */
export const either =
  (...allowed: readonly Allowed[]): Allowed =>
  (value) =>
    allowed.some((one) => one(value));

/** Anything: what says nothing about the run. */
export const anything: Allowed = () => true;

/** The first option that is not carried out, in words; undefined where all of them are. */
export function unbuilt(options: HookOptions, table: Readonly<Record<string, Allowed>>): string | undefined {
  for (const [name, value] of Object.entries(options)) {
    const allowed = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!allowed?.(value)) return `${name}: ${JSON.stringify(value)} is not built`;
  }
  return undefined;
}

/** A mask of steps: 1 for those that must compute. */
export function mask(steps: number, computes: (step: number) => boolean): string {
  return Array.from({ length: steps }, (_, step) => (computes(step) ? '1' : '0')).join('');
}
