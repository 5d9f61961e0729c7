import type { Calibration } from './calibration.ts';
import { branchOf } from './run-shape.ts';
import { blockSites } from './site.ts';
import { parseSmoothCacheArtifact, type StepErrors } from './smoothcache-artifact.ts';
import { subLayerSlots } from './sub-layer-slots.ts';

/** Significant digits of an artifact's errors: far more than they agree in between prompts. */
const DIGITS = 4;

/**
 * SmoothCache's calibration (arXiv 2411.10510): how far each type of sub-layer is from what it was 1, 2, ... steps before,
 * relative to the later step as in its code, as a mean over blocks.
 */
export const smoothCacheCalibration: Calibration = {
  request: (run, distances) => ({
    slots: subLayerSlots(run),
    metric: { kind: 'relativeL1', denominator: 'newer' },
    distances,
  }),

  artifact(scores, { shape, model, sampler, steps, prompts, distances: kMax }) {
    const mean = (type: string, distance: number, step: number): number | null => {
      const values = blockSites(shape).map((block) => scores.of(`${block}.${type}`, distance, step));
      const sum = values.reduce((total, value) => total + value, 0);
      return Number.isFinite(sum) ? Number((sum / values.length).toPrecision(DIGITS)) : null;
    };
    const rows = (type: string): StepErrors[] =>
      Array.from({ length: kMax }, (_, i) =>
        Array.from({ length: Math.max(0, steps - i - 1) }, (_, step) => mean(type, i + 1, step)),
      );
    const branches = shape.keys.map(branchOf);
    const errors = Object.fromEntries(shape.subLayers.map((type) => [type, rows(type)]));
    const artifact = { policy: 'smoothcache', model, sampler, steps, kMax, branches, prompts, errors };
    return { ...parseSmoothCacheArtifact(artifact) };
  },
};
