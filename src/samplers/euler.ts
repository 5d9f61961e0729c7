import { type ConfigJson, ConfigReader } from '../models/config.ts';
import { type Sampler, type SamplerKind, shiftSigma } from './sampler.ts';

/** Levels that the model was trained on. */
const TRAIN_TIMESTEPS = 1000;

/**
 * Flow-matching Euler: `x += (sigma_next - sigma) v`. Without explicit sigmas diffusers spaces the timesteps evenly
 * between the shifted extremes and shifts them again; so does this.
 *
 * Source: diffusers `FlowMatchEulerDiscreteScheduler.set_timesteps`, `.step`.
 */
export const flowMatchEuler: SamplerKind = {
  name: 'flow-match-euler',
  className: 'FlowMatchEulerDiscreteScheduler',

  check(config: ConfigJson): void {
    const read = new ConfigReader(config, 'FlowMatchEulerDiscreteScheduler');
    read.only('num_train_timesteps', TRAIN_TIMESTEPS);
    read.only('shift_terminal', null);
    for (const flag of ['dynamic_shifting', 'karras_sigmas', 'exponential_sigmas', 'beta_sigmas']) {
      read.only(`use_${flag}`, false, null);
    }
    read.only('invert_sigmas', false);
    read.only('stochastic_sampling', false);
  },

  create(steps: number, shift: number): Sampler {
    const first = shiftSigma(1, shift);
    const last = shiftSigma(1 / TRAIN_TIMESTEPS, shift);
    const levels = Array.from({ length: steps }, (_, i) => first + ((last - first) * i) / Math.max(1, steps - 1));
    const sigmas = [...levels.map((level) => Math.fround(shiftSigma(level, shift))), 0];
    return {
      sigmas,
      timesteps: sigmas.slice(0, -1).map((sigma) => Math.fround(sigma * TRAIN_TIMESTEPS)),
      stateRows: 1,
      update: (step) => [[1, (sigmas[step + 1] as number) - (sigmas[step] as number)]],
    };
  },
};
