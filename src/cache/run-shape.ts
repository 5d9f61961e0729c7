/** A side of classifier-free guidance. */
export type Branch = 'cond' | 'uncond';

/**
 * A forward of a step: a branch, and where a model denoises a clip in chunks of frames one at a time, which of them
 * (`cond.2`). What is kept is kept by it, and never shared: state without a key is a fault.
 */
export type ForwardKey = Branch | `${Branch}.${number}`;

/** The key of a branch's forward of a chunk; models of whole clips have one chunk, 0. */
export function forwardKey(branch: Branch, chunk = 0): ForwardKey {
  return chunk === 0 ? branch : `${branch}.${chunk}`;
}

/** The branch of a forward. */
export function branchOf(key: ForwardKey): Branch {
  return key.startsWith('uncond') ? 'uncond' : 'cond';
}

/** The chunk of a forward. */
export function chunkOf(key: ForwardKey): number {
  return Number(key.split('.')[1] ?? 0);
}

/** A part of a block that is computed or reused by itself, by the model's own name: `selfAttention`, `mlp`. */
export type SubLayer = string;

/** What a policy may know of a run. */
export interface RunShape {
  /** Denoising steps. */
  readonly steps: number;
  /** Of each step, as the model gets them: 1000 at pure noise, falling. */
  readonly timesteps: readonly number[];
  /** Of each step, and of the end: the share of noise in the latents. */
  readonly sigmas: readonly number[];
  /** Scale of classifier-free guidance; 1 without. */
  readonly guidanceScale: number;
  /** The forwards of a step, in the order that they run: `cond` before `uncond`. */
  readonly keys: readonly ForwardKey[];
  /** Blocks of the transformer. */
  readonly blocks: number;
  /** The sub-layers of every block, in the order that they run. */
  readonly subLayers: readonly SubLayer[];
  /** Latent frames, rows and columns. */
  readonly latentSize: readonly [frames: number, rows: number, columns: number];
  /** How the tokens of each forward lie: frames, each of rows of so many, one after the other. */
  readonly grids: Readonly<Partial<Record<ForwardKey, readonly [frames: number, rows: number, columns: number]>>>;
  /** Of the initial noise: what a policy draws at random is drawn from it. */
  readonly seed: number;
}

/** Latent frames of a forward: of a chunk, where a clip is denoised in chunks. */
export function framesOf({ keys, latentSize: [frames] }: Pick<RunShape, 'keys' | 'latentSize'>): number {
  return frames / (1 + Math.max(0, ...keys.map(chunkOf)));
}

/** How many tokens a forward has; 0 where that is not known, as in reports from before they told. */
export function tokensOf({ grids }: Partial<Pick<RunShape, 'grids'>>, key: ForwardKey): number {
  const [frames, rows, columns] = grids?.[key] ?? [0, 0, 0];
  return frames * rows * columns;
}

/** What an artifact is made for: one that was made for another run is refused. */
export interface RunIdentity {
  /** The model's id. */
  readonly model: string;
  /** The sampler's name. */
  readonly sampler: string;
  readonly steps: number;
}
