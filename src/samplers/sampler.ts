import type { ConfigJson, ConfigReader } from '../models/config.ts';

/**
 * A noise schedule and its update rule ("scheduler" in diffusers). A sampler keeps `stateRows` tensors of the latents'
 * size, the latents first; a step is linear in them and in the model's velocity, so it is one small matrix, computed
 * here in float64 and applied on the GPU by one kernel. Nothing but numbers: tested without a GPU.
 */
export interface Sampler {
  /** Noise levels: before each step, and after the last, which is 0 unless the model's file says otherwise. */
  readonly sigmas: readonly number[];
  /** What the model is told at each step. */
  readonly timesteps: readonly number[];
  readonly stateRows: number;
  /** Row r of the result: the new state's row r from [state rows; velocity], `stateRows + 1` factors. */
  update(step: number): readonly (readonly number[])[];
  /** What a step takes the clean latents to be, of its latents and the prediction; absent for flows: `x - sigma v`. */
  estimate?(step: number): readonly [latents: number, prediction: number];
}

/** A sampler with its settings: all that a run needs to know of `scheduler_config.json`. */
export interface ConfiguredSampler {
  /** Its kind's. */
  readonly name: string;
  /** How far the flow's noise levels are moved towards 1; 1 is not at all. */
  readonly shift: number;
  /** Of every {@link Sampler} that it makes. */
  readonly stateRows: number;
  /** The schedule of a run. @param steps Number of denoising steps, at least 1. */
  create(steps: number): Sampler;
}

/** Where a class keeps what flows need. */
export interface FlowKeys {
  /** What it calls the flow's shift. */
  readonly shift: string;
  /** Keys that make it a sampler of flows, for where no file says so. */
  readonly fixed: ConfigJson;
}

/** A kind of sampler: what `--sampler` and `scheduler_config.json` name. */
export interface SamplerKind {
  /** Name for users, e.g. `flow-match-euler`. */
  readonly name: string;
  /** `_class_name` in `scheduler_config.json`. */
  readonly className: string;
  /** Of flows; absent for what samples other diffusion models, whose settings are all in their files. */
  readonly flow?: FlowKeys;
  /**
   * Reads the class's keys, and no other's.
   *
   * @throws {UnsupportedModelError} naming a key whose value changes sigmas or update in a way that is not built.
   */
  configure(read: ConfigReader): ConfiguredSampler;
}

/** Moves a noise level of a flow towards 1: `s sigma / (1 + (s - 1) sigma)` (Esser et al., arXiv 2403.03206, eq. 23). */
export function shiftSigma(sigma: number, shift: number): number {
  return (shift * sigma) / (1 + (shift - 1) * sigma);
}

/**
 * A step's matrix with guidance folded in: velocity columns [cond] or [cond, uncond] instead of one, for
 * `v = uncond + guidanceScale (cond - uncond)` (Ho and Salimans, arXiv 2207.12598).
 *
 * @returns [stateRows][stateRows + branches], row-major, as `linearCombination` takes it.
 */
export function guidedUpdate(
  sampler: Sampler,
  step: number,
  guidanceScale: number,
  branches: 1 | 2,
): Float32Array<ArrayBuffer> {
  return guided(sampler.update(step), guidanceScale, branches);
}

/**
 * What a step takes the clean latents to be, with guidance folded in: from its latents, before the update.
 *
 * @returns [1][1 + branches], as `linearCombination` takes it.
 */
export function guidedEstimate(
  sampler: Sampler,
  step: number,
  guidanceScale: number,
  branches: 1 | 2,
): Float32Array<ArrayBuffer> {
  const flow = [1, -(sampler.sigmas[step] as number)];
  return guided([sampler.estimate?.(step) ?? flow], guidanceScale, branches);
}

/** Splits the last column, the velocity's, between the branches. */
function guided(
  matrix: readonly (readonly number[])[],
  guidanceScale: number,
  branches: 1 | 2,
): Float32Array<ArrayBuffer> {
  const rows = matrix.map((row) => {
    const state = row.slice(0, -1);
    const velocity = row.at(-1) ?? 0;
    return branches === 1 ? [...state, velocity] : [...state, velocity * guidanceScale, velocity * (1 - guidanceScale)];
  });
  return Float32Array.from(rows.flat());
}
