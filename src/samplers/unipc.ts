import { type ConfigJson, ConfigReader } from '../models/config.ts';
import { type Sampler, type SamplerKind, shiftSigma } from './sampler.ts';

/** Levels that the model was trained on. */
const TRAIN_TIMESTEPS = 1000;

/** A combination of [latents, last, m1, m2, velocity]: one factor each. */
type Combination = readonly number[];

const LATENTS: Combination = [1, 0, 0, 0, 0];
/** The corrected latents that the previous predictor started from. */
const LAST: Combination = [0, 1, 0, 0, 0];
/** The denoised estimates of one and two steps ago. */
const M1: Combination = [0, 0, 1, 0, 0];
const M2: Combination = [0, 0, 0, 1, 0];
const VELOCITY: Combination = [0, 0, 0, 0, 1];

/**
 * UniPC for flows: order 2, B(h) = e^h - 1 (`bh2`), predicting the denoised latents m = x - sigma v. Each step first
 * corrects the latents with the new estimate, then predicts the next.
 *
 * Source: Zhao et al., arXiv 2302.04867, in the closed form of diffusers' `UniPCMultistepScheduler` with
 * `use_flow_sigmas`; the model is told the timestep truncated to an integer, as there.
 */
export const unipc: SamplerKind = {
  name: 'unipc',
  className: 'UniPCMultistepScheduler',

  check(config: ConfigJson): void {
    const read = new ConfigReader(config, 'UniPCMultistepScheduler');
    read.only('num_train_timesteps', TRAIN_TIMESTEPS);
    read.only('prediction_type', 'flow_prediction');
    read.only('use_flow_sigmas', true);
    read.only('solver_order', 2);
    read.only('solver_type', 'bh2');
    read.only('predict_x0', true);
    read.only('lower_order_final', true);
    read.only('final_sigmas_type', 'zero');
    read.only('disable_corrector', []);
    read.only('thresholding', false);
    read.only('use_dynamic_shifting', false);
    read.only('shift_terminal', null);
  },

  create(steps: number, shift: number): Sampler {
    const { sigmas, timesteps } = schedule(steps, shift);
    const at = (step: number) => sigmas[step] as number;
    const lambda = (step: number) => Math.log((1 - at(step)) / at(step));
    /** Order of the prediction made at a step: low at both ends, where it has too few neighbours. */
    const order = (step: number) => Math.min(2, steps - step, step + 1);
    return {
      sigmas,
      timesteps,
      stateRows: 4,
      update(step) {
        const estimate = sum([1, LATENTS], [-at(step), VELOCITY]);
        const corrected = step === 0 ? LATENTS : correct(step, estimate);
        return [predict(step, corrected, estimate), corrected, estimate, M1];
      },
    };

    function correct(step: number, estimate: Combination): Combination {
      const h = lambda(step) - lambda(step - 1);
      const e = Math.expm1(-h);
      const a = (1 - at(step)) * e;
      const change = sum([1, estimate], [-1, M1]);
      const base = sum([at(step) / at(step - 1), LAST], [-a, M1]);
      if (order(step - 1) === 1) return sum([1, base], [-a / 2, change]);
      const ratio = (lambda(step - 2) - lambda(step - 1)) / h;
      const phi1 = e / -h - 1;
      const phi2 = phi1 / -h - 0.5;
      const b1 = phi1 / e;
      const b2 = (2 * phi2) / e;
      const rho0 = (b1 - b2) / (1 - ratio);
      return sum([1, base], [(-a * rho0) / ratio, sum([1, M2], [-1, M1])], [-a * (b1 - rho0), change]);
    }

    function predict(step: number, corrected: Combination, estimate: Combination): Combination {
      const h = lambda(step + 1) - lambda(step);
      const a = (1 - at(step + 1)) * Math.expm1(-h);
      const first = sum([at(step + 1) / at(step), corrected], [-a, estimate]);
      if (order(step) === 1) return first;
      const ratio = (lambda(step - 1) - lambda(step)) / h;
      return sum([1, first], [-a / 2 / ratio, sum([1, M1], [-1, estimate])]);
    }
  },
};

function schedule(steps: number, shift: number): Pick<Sampler, 'sigmas' | 'timesteps'> {
  const least = 1 / TRAIN_TIMESTEPS;
  const levels = Array.from({ length: steps }, (_, i) => shiftSigma(1 + ((least - 1) * i) / steps, shift));
  // At sigma = 1 the log-signal-to-noise ratio would be infinite.
  const sigmas = [...levels.map((sigma) => (Math.abs(sigma - 1) < 1e-6 ? sigma - 1e-6 : sigma)), 0];
  return { sigmas, timesteps: levels.map((_, i) => Math.trunc((sigmas[i] as number) * TRAIN_TIMESTEPS)) };
}

function sum(...terms: readonly (readonly [factor: number, combination: Combination])[]): Combination {
  return LATENTS.map((_, i) => terms.reduce((total, [factor, row]) => total + factor * (row[i] as number), 0));
}
