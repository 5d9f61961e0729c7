import { OptionError } from '../errors.ts';
import type { ConfigReader } from '../models/config.ts';
import { linspace } from './sigmas.ts';

/** How a run's timesteps are spread over those of training, by `timestep_spacing`. */
const SPACINGS = {
  leading: (count: number, steps: number, offset: number) =>
    Array.from({ length: steps }, (_, i) => (steps - 1 - i) * Math.floor(count / steps) + offset),
  linspace: (count: number, steps: number) =>
    linspace(0, count - 1, steps)
      .reverse()
      .map(roundEven),
  trailing(count: number, steps: number) {
    // numpy's `arange` takes its stride from the first two values.
    const stride = count - (count - count / steps);
    return Array.from({ length: steps }, (_, i) => roundEven(count - i * stride) - 1);
  },
} as const;

/**
 * The timesteps of a run, falling: whole numbers, as the model was trained on.
 *
 * Source: diffusers `DDIMScheduler.set_timesteps`; Lin et al., arXiv 2305.08891, table 2. Where numpy's rounding gives a
 * `trailing` run one timestep more than steps, at -1, it is left out.
 *
 * @param count Timesteps that the model was trained on.
 * @throws {UnsupportedModelError} naming a key that is not built; when called, {OptionError} for a timestep past the last.
 */
export function readTimesteps(read: ConfigReader, count: number): (steps: number) => readonly number[] {
  const spacing = read.only('timestep_spacing', ['leading', 'linspace', 'trailing']);
  const offset = read.number('steps_offset', 0);
  if (!Number.isInteger(offset) || offset < 0 || offset >= count) {
    throw read.unsupported('steps_offset', `a whole number from 0 to below ${count}`);
  }
  return (steps) => {
    const timesteps = SPACINGS[spacing](count, steps, offset);
    const [first = 0] = timesteps;
    if (first < count) return timesteps;
    let most = steps;
    while ((most - 1) * Math.floor(count / most) + offset >= count) most--;
    throw new OptionError(
      `steps is ${steps}: with a steps_offset of ${offset} the first timestep is ${first}, and the model knows ${count}.`,
      `Use ${most} steps.`,
    );
  };
}

/** The nearest whole number, the even one of two, as numpy rounds. */
function roundEven(value: number): number {
  const below = Math.floor(value);
  const isTie = value - below === 0.5;
  return isTie && below % 2 === 0 ? below : Math.round(value);
}
