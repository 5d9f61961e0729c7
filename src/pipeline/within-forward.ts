import type { Scheduler } from '../cache/scheduler.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Pacer } from '../gpu/pacer.ts';
import type { Recording } from '../gpu/recorder.ts';

/** A forward's place in a run. */
export interface WithinStep {
  /** From 0. */
  readonly step: number;
  /** Computes, whatever is measured. */
  readonly isForced: boolean;
}

/** Runs the forwards of a branch that decide for themselves, and tells the scheduler what they decided. */
export interface WithinForward {
  /** What it allocates; none where it allocates no more than a place to read to. */
  readonly recordings: readonly Recording[];
  /** GPU bytes that `start` allocates. */
  readonly plannedBytes: number;
  /** Allocates it, after the run, the probe and the residual. */
  start(gpu: Gpu): Promise<void>;
  /** Submits a forward. @throws {DeviceLostError}; `signal.reason` on abort. */
  submit(pacer: Pacer, scheduler: Scheduler, step: WithinStep, signal?: AbortSignal): Promise<void>;
  /** After the last forward: waits until all that it decided is told. */
  finish(): Promise<void>;
  /** Frees it. */
  stop(): void;
}
