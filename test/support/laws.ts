import type { Script } from '../node/cache/support.ts';
import { drift, firesAt } from '../node/cache/support.ts';
import { artifactFor } from './artifacts.ts';
import { runShape } from './run-shape.ts';
import { artifact } from './smoothcache.ts';

type Options = Readonly<Record<string, unknown>>;

/** How a policy is set so that a law can be seen, for runs of 12 steps. */
export interface Law {
  /** So that it never reuses: U1. Absent where it never does. */
  readonly never?: Options;
  /** So that it reuses whenever it may, and what that comes to: U2. */
  readonly eager?: { readonly options: Options; readonly digits: string; readonly blocksBefore?: number };
  /** So that some steps compute and some are reused. */
  readonly some?: Options;
  /** Scores decide, by default of a signal that drifts at a rate: U5 and U9. */
  readonly script?: (rate: number) => Script;
  /** Its options with a threshold, and whether a score at it reuses: U13. */
  readonly boundary?: { readonly options: (threshold: number) => Options; readonly reuses: boolean };
  /** Of what its artifact must fit: U12. */
  readonly artifact?: { readonly options: Options; readonly fits: readonly ('model' | 'sampler' | 'steps')[] };
}

const INFINITE = Number.POSITIVE_INFINITY;
const STEPS = 12;

/** Of a policy that fits predictions. */
const FITTED = artifactFor('fitcache', runShape(STEPS));

/** MagCache's artifact of a model whose ratios are all the same. */
export function magArtifact(steps: number, ratio = 0.98) {
  const ratios = [1, ...new Array<number>(steps - 1).fill(ratio)];
  const made = { policy: 'magcache', model: 'tiny', sampler: 'flow-match-euler', steps };
  return { ...made, prompts: ['a prompt'], ratios: { cond: ratios, uncond: ratios } };
}

/** Every policy: a test finds one that is not here. */
export const LAWS: Readonly<Record<string, Law>> = {
  none: {},
  'fewer-steps': {},
  bwcache: {
    never: { threshold: 0 },
    eager: { options: { threshold: INFINITE, interval: 99, tail: 0 }, digits: '110000000000', blocksBefore: 0 },
    some: { interval: 2, tail: 0 },
    script: (rate) => firesAt(rate > 0.03 ? 3 : 6),
    boundary: { options: (threshold) => ({ threshold, interval: 1 }), reuses: false },
  },
  teacache: {
    never: { threshold: 0 },
    eager: { options: { threshold: INFINITE }, digits: '100000000001', blocksBefore: 0 },
    some: { threshold: 0.07 },
    script: drift,
    boundary: { options: (threshold) => ({ threshold, cutoff: 0 }), reuses: false },
  },
  fbcache: {
    never: { threshold: 0 },
    eager: { options: { threshold: INFINITE }, digits: '100000000000', blocksBefore: 1 },
    some: { threshold: 0.07 },
    script: drift,
    boundary: { options: (threshold) => ({ threshold }), reuses: true },
  },
  dbcache: {
    never: { residualDiffThreshold: 0, fnComputeBlocks: 1 },
    eager: {
      options: { residualDiffThreshold: INFINITE, fnComputeBlocks: 1, warmupSteps: 2 },
      digits: '110000000000',
      blocksBefore: 1,
    },
    some: { residualDiffThreshold: 0.07, fnComputeBlocks: 1, warmupSteps: 0 },
    script: drift,
    boundary: {
      options: (residualDiffThreshold) => ({ residualDiffThreshold, fnComputeBlocks: 1, warmupSteps: 0 }),
      reuses: false,
    },
  },
  magcache: {
    never: { artifact: magArtifact(STEPS), threshold: 0 },
    eager: { options: { ratios: [1], threshold: 1, k: 99 }, digits: '110000000000', blocksBefore: 0 },
    some: { artifact: magArtifact(STEPS) },
    artifact: { options: { artifact: magArtifact(STEPS) }, fits: ['model', 'sampler'] },
  },
  easycache: {
    never: { threshold: 0 },
    eager: { options: { threshold: INFINITE, retSteps: 1 }, digits: '110000000001', blocksBefore: 0 },
    some: { threshold: 0.07, retSteps: 2 },
    script: drift,
    boundary: { options: (threshold) => ({ threshold, retSteps: 1, cutoff: 0 }), reuses: false },
  },
  smoothcache: {
    never: { artifact: artifact(STEPS), threshold: 0 },
    eager: {
      options: { artifact: artifact(STEPS, new Array(10).fill(0)), lookahead: 10 },
      digits: '100000000001',
      blocksBefore: 0,
    },
    some: { artifact: artifact(STEPS), threshold: 0.2 },
    artifact: { options: { artifact: artifact(STEPS) }, fits: ['model', 'sampler', 'steps'] },
  },
  taylorseer: {
    never: { interval: 1 },
    eager: { options: { interval: 99 }, digits: '100000000000', blocksBefore: 0 },
    some: { interval: 3 },
  },
  fastercache: {
    never: { uncondInterval: 1, attentionInterval: 1 },
    some: {},
  },
  pab: {
    never: { spatial: 1, cross: 1 },
    eager: {
      options: { spatial: 99, cross: 99, spatialFrom: -1, spatialTo: 1001, crossFrom: -1, crossTo: 1001 },
      digits: '100000000000',
    },
    some: {},
  },
  seacache: { never: { threshold: 0 }, some: { threshold: 0.07 }, script: drift },
  spectrum: { never: { window: 1, growth: 0 }, some: {} },
  fitcache: {
    never: { ...FITTED, share: STEPS },
    eager: { options: { ...FITTED, share: 1, lookahead: 99 }, digits: '100000000000', blocksBefore: 0 },
    some: { ...FITTED, share: 4 },
    artifact: { options: FITTED, fits: ['model', 'sampler', 'steps'] },
  },
  adacache: { never: { codebook: '1:1', motion: true }, some: { codebook: '9:3', motion: true } },
  sortblock: { never: { interval: 1 }, some: { timestepTo: 1000, interval: 4 } },
  bac: { never: { updates: STEPS }, some: { updates: 4, bubbling: 0 } },
  blockcache: { never: { threshold: 0 }, some: { scaleShift: false } },
  mixcache: { never: { tolerance: 0 }, some: { tolerance: 9, stableFrom: 9, stableTo: 9, steadiness: 9 } },
  toca: { never: { interval: 1 }, some: {} },
  duca: { never: { interval: 1 }, some: {} },
};
