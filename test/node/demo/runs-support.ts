import type { Report } from 'stillframe';
import type { NewRun } from '../../../demo/state/runs.ts';
import { runShape } from '../../support/run-shape.ts';

/** A report of a run of 12 blocks and both branches, of which half the steps were reused. */
export const REPORT: Report = {
  model: 'shapes',
  prompt: 'a red circle moving left on a sky background',
  negativePrompt: '',
  seed: 7,
  steps: 10,
  stepsAsked: 10,
  guidanceScale: 4,
  sampler: 'flow-match-euler',
  width: 128,
  height: 128,
  frames: 17,
  fps: 8,
  adapter: 'google swiftshader',
  operands: 'f32',
  policy: { name: 'bwcache', options: { threshold: 0.06, probe: 'feature' } },
  shape: runShape(10, ['cond', 'uncond'], { blocks: 12 }),
  schedule: { cond: '1111100000', uncond: '1111100000' },
  sites: [],
  measurements: [],
  scores: [],
  blocks: { computed: 120, reused: 120 },
  seconds: { load: 1, compile: 2, text: 0.5, denoise: 4, decode: 3 },
  stepSeconds: [],
  memory: { plannedBytes: 3e7, peakBytes: 3e7, weightsBytes: 2e7, cacheBytes: 1e6 },
  warnings: [],
};

/** A run that is about to be added. */
export function newRun(changes: Partial<NewRun> = {}): NewRun {
  const { prompt, seed, guidanceScale, frames, width, height } = REPORT;
  return {
    role: 'run',
    model: 'shapes',
    clip: 1,
    pictures: { frames: [], width, height, fps: 8 },
    report: REPORT,
    request: {
      ...{ prompt, seed, guidanceScale, frames, width, height, steps: 10 },
      policy: 'bwcache',
      policyOptions: { preset: 'balanced' },
    },
    ...changes,
  };
}
