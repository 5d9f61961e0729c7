import type { Scores } from './policy.ts';
import type { Branch, ForwardKey, RunShape } from './run-shape.ts';
import type { SiteSchedule } from './site-record.ts';

/** A policy's scores of a step. */
export interface BlockScores extends Scores {
  /** From 0. */
  readonly step: number;
  /** The forward's side of guidance. */
  readonly branch: Branch;
  /** The forward's chunk of frames; absent for the first, or only one. */
  readonly chunk?: number;
  /** What was measured, by the policy's name for it. */
  readonly measurement: string;
  /** The earlier step that it was compared with. */
  readonly reference: number;
  /** What is held against a threshold: the mean, or what a rule has made of it and of the scores before. */
  readonly indicator: number;
}

/** What a measurement compares. */
export interface MeasuredSites {
  /** As the policy calls it. */
  readonly name: string;
  /** `output`, `residual`, `modulatedInput`, ...: see the policies' documentation. */
  readonly value: string;
  /** In the order of the scores. */
  readonly sites: readonly string[];
  /** Every how many-th token. */
  readonly every: number;
  /** E.g. `relativeL1/older`. */
  readonly metric: string;
}

/** Block forwards of a run: of a block that ran in part, its sub-layers count equal shares. */
export interface BlockCounts {
  /** Dispatched. */
  readonly computed: number;
  /** Replaced by what was cached, or left out. */
  readonly reused: number;
}

/** A forward of a denoising step. */
export interface ForwardEvent {
  /** From 0. */
  readonly step: number;
  /** The forward's side of guidance. */
  readonly branch: Branch;
  /** The forward's chunk of frames; absent for the first, or only one. */
  readonly chunk?: number;
  /** Its digit in the schedule: false where all that may be skipped is. */
  readonly computes: boolean;
  /** Blocks that are dispatched; of a block that runs in part, its sub-layers count equal shares. */
  readonly computed: number;
  /** Blocks of the transformer. */
  readonly blocks: number;
  /** By block and, within it, sub-layer: a digit each, as in `SiteSchedule`. */
  readonly digits: string;
}

/** Whoever is told what a run does while it does it. */
export interface RunListener {
  /** When it is known what a forward computes: once for each, in the order of the steps of a key. */
  readonly onForward?: (forward: ForwardEvent) => void;
  /** When the scores of a step have come back. */
  readonly onScores?: (scores: BlockScores) => void;
}

/** What was done in a run. */
export interface RunRecord {
  /** What the policy was told of the run. */
  readonly shape: RunShape;
  /** By forward key, a digit a step: 1 computed, at least in part, 0 reused all that may be. */
  readonly schedule: Readonly<Partial<Record<ForwardKey, string>>>;
  /** What became of each block, and of its sub-layers where they were decided one by one. */
  readonly sites: readonly SiteSchedule[];
  /** What the policy measured, and what it compared. */
  readonly measurements: readonly MeasuredSites[];
  /** The policy's scores. */
  readonly scores: readonly BlockScores[];
  /** Of all steps and branches. */
  readonly blocks: BlockCounts;
}
