import { OptionError, UnsupportedModelError } from '../errors.ts';
import { readAlphas } from './alphas.ts';
import { readTimesteps } from './ddim-timesteps.ts';
import type { Sampler, SamplerKind } from './sampler.ts';
import { readTrainTimesteps } from './scheduler-keys.ts';

/** What a model says of its latents: the noise in them, the picture, or a mixture of both. */
const PREDICTIONS = ['epsilon', 'sample', 'v_prediction'] as const;

type Prediction = (typeof PREDICTIONS)[number];

/** Factors of the latents and of the prediction. */
type Pair = readonly [latents: number, prediction: number];

/**
 * DDIM without added noise (eta 0), for diffusion models: takes picture and noise out of the latents, and mixes them anew
 * with less noise.
 *
 * Source: Song et al., arXiv 2010.02502, eq. 12; diffusers `DDIMScheduler`. As there, a step ends
 * `num_train_timesteps / steps` timesteps lower, also where the next begins elsewhere.
 */
export const ddim: SamplerKind = {
  name: 'ddim',
  className: 'DDIMScheduler',

  configure(read) {
    // Neither is linear in the latents.
    read.only('clip_sample', [false], true);
    read.only('thresholding', [false]);
    const prediction = read.only('prediction_type', PREDICTIONS);
    const count = readTrainTimesteps(read);
    const alphas = readAlphas(read, count);
    const timestepsOf = readTimesteps(read, count);
    const final = read.flag('set_alpha_to_one', true) ? 1 : (alphas[0] as number);
    return {
      name: this.name,
      shift: 1,
      stateRows: 1,
      create(steps): Sampler {
        if (steps > count) {
          throw new OptionError(
            `steps is ${steps}; the model was trained on ${count} noise levels.`,
            `Use ${count} or fewer.`,
          );
        }
        const timesteps = timestepsOf(steps);
        const before = timesteps.map((timestep) => alphas[timestep] as number);
        const after = timesteps.map((timestep) => alphas[timestep - Math.floor(count / steps)] ?? final);
        if (prediction === 'epsilon' && before.includes(0)) throw noSignal();
        return {
          sigmas: [...before, after.at(-1) as number].map((alpha) => Math.sqrt(1 - alpha)),
          timesteps,
          stateRows: 1,
          update(step) {
            const [picture, noise] = parts(prediction, before[step] as number);
            const alpha = after[step] as number;
            const mix = (i: 0 | 1) => Math.sqrt(alpha) * picture[i] + Math.sqrt(1 - alpha) * noise[i];
            return [[mix(0), mix(1)]];
          },
          estimate: (step) => parts(prediction, before[step] as number)[0],
        };
      },
    };
  },
};

function noSignal(): UnsupportedModelError {
  return new UnsupportedModelError(
    'DDIMScheduler: rescale_betas_zero_snr leaves nothing but noise at a step, and prediction_type "epsilon" tells no more.',
    'Use a checkpoint whose prediction_type is "v_prediction" or "sample".',
  );
}

/** Picture and noise, each of the latents and the prediction, where `alpha` of the power is the picture's. */
function parts(prediction: Prediction, alpha: number): readonly [picture: Pair, noise: Pair] {
  const [picture, noise] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
  if (prediction === 'epsilon') {
    return [
      [1 / picture, -noise / picture],
      [0, 1],
    ];
  }
  if (prediction === 'sample') {
    return [
      [0, 1],
      [1 / noise, -picture / noise],
    ];
  }
  return [
    [picture, -noise],
    [noise, picture],
  ];
}
