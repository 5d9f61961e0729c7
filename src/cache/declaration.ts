import type { Metric } from '../ops/metrics/index.ts';
import type { VerdictRule } from '../ops/verdict-rule.ts';
import type { Action } from './action.ts';
import type { Filter } from './filter.ts';
import { type Branch, branchOf, type ForwardKey } from './run-shape.ts';
import type { Site } from './site.ts';

/** Which tensor of a site is meant. */
export type SiteValue =
  /** The stream after the site; of `velocity` the prediction: BWCache's Eq. 5 compares a block's. */
  | 'output'
  /** What the site adds to the stream, its gate included. */
  | 'residual'
  /** A sub-layer's output before its gate: when it is restored, the current timestep's gate applies. */
  | 'beforeGate'
  /** Of a block: `LN(x) (1 + scale) + shift`, the modulated input of its first sub-layer (TeaCache). */
  | 'modulatedInput'
  /**
   * Of `velocity`: its output in two bands of each frame's frequencies, which `bands` scales: a disc around zero with a
   * fifth of the frame's shorter side as its radius, rounded down, and the rest (FasterCache).
   */
  | 'bands';

/** A place for a tensor from one step to another: one for each forward key, `depth` times as large. */
export interface Slot {
  /** Of a policy's slots, each has its own. */
  readonly name: string;
  readonly site: Site;
  readonly value: SiteValue;
  /** The last so many values are kept, 1 by default: what a forecast goes on from. */
  readonly depth?: number;
  /** As it is kept; f32 by default. */
  readonly precision?: 'f32' | 'f16';
  /** Whether a restore may scale and shift each channel: of what is kept in f32, once. */
  readonly scaleShift?: boolean;
  /** Whether both branches keep it in one place: each restores what either kept last. Of depth 1. */
  readonly isShared?: boolean;
  /** Every how many-th token is kept, to be compared: 1 by default, for all. */
  readonly every?: number;
  /**
   * Of `velocity`: what is kept is the difference to this branch's, or to the latents that the forward begins with, and
   * is added to it when restored.
   */
  readonly relativeTo?: Branch | 'latents';
  /** Of a sub-layer `beforeGate`: how many tokens may be computed anew at a time, each number that there is. */
  readonly tokenCounts?: readonly number[];
  /** Only this branch's forwards keep it; absent: each. */
  readonly branch?: Branch;
}

/** What is compared between steps, as one list of scores. */
export interface Measurement {
  readonly name: string;
  readonly metric: Metric;
  /** What values go through before they are compared; absent: nothing. */
  readonly filter?: Filter;
  /** What each value is compared with: one of the policy's slots, which the measurement fills. Of a metric of one step: what is measured; nothing is kept. */
  readonly slots: readonly string[];
  /** Whether each measured value becomes what the next is compared with; else `refresh` says when. */
  readonly updates: boolean;
}

/** Something that is decided within a step, once for all steps. */
export interface Decision {
  readonly name: string;
  /** Whose first score decides. */
  readonly measurement: string;
  /** Measurements that were last taken where a step computed: the score counts times the one, over the other. */
  readonly gain?: { readonly times: string; readonly over: string };
  readonly rule: VerdictRule;
  readonly computes: readonly Action[];
  readonly reuses: readonly Action[];
}

/** What a policy may keep, measure and decide in a run. Its bytes follow from it, and are known before any is allocated. */
export interface Declaration {
  readonly slots: readonly Slot[];
  readonly measurements?: readonly Measurement[];
  readonly decisions?: readonly Decision[];
  /** A sentence that names the options that make all this smaller: what to do where it does not fit. */
  readonly remedy: string;
}

/** What of a declaration is a forward key's own. */
export function declarationOf(declaration: Declaration, key: ForwardKey): Declaration {
  const slots = declaration.slots.filter(({ branch }) => branch === undefined || branch === branchOf(key));
  return { ...declaration, slots };
}
