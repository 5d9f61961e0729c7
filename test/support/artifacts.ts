import { MeanScores } from '../../src/cache/calibration.ts';
import { POLICIES } from '../../src/cache/index.ts';
import type { RunShape } from '../../src/cache/run-shape.ts';

/**
 * The option `artifact` of a policy that needs one, as calibration would make it of a model whose values change by as
 * much with each step; nothing for others. @param change By step.
 */
export function artifactFor(name: string, shape: RunShape, change = 0.1): Readonly<Record<string, unknown>> {
  const calibration = POLICIES.find((policy) => policy.name === name)?.calibration;
  if (!calibration) return {};
  const { slots, others = {}, fits = false, distances } = calibration.request(shape, 3);
  const scores = new MeanScores();
  for (const { name: slot } of slots) {
    for (let k = 1; k <= distances; k++) {
      for (let step = 0; step + k < shape.steps; step++) {
        for (const metric of ['', ...Object.keys(others)]) scores.add(slot, k, step, k * change, metric);
        // Two rows of one channel: what was 1 and 2 is twice that.
        if (fits) scores.addMoments(slot, k, step, 2, [6, 3, 10, 5]);
      }
    }
  }
  const { steps } = shape;
  const run = { model: 'tiny', sampler: 'flow-match-euler', steps, shape, prompts: ['a prompt'], distances };
  return { artifact: JSON.parse(JSON.stringify(calibration.artifact(scores, run))) };
}
