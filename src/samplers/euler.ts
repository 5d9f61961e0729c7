import { type Sampler, type SamplerKind, shiftSigma } from './sampler.ts';
import { readRange, readShift, readShiftTerminal, readSpacing, readTrainTimesteps } from './scheduler-keys.ts';
import { linspace, SPACINGS, stretchToTerminal } from './sigmas.ts';

/**
 * Flow-matching Euler: `x += (sigma_next - sigma) v`. Without explicit sigmas diffusers spaces the timesteps evenly
 * between the shifted extremes and shifts them again; so does this.
 *
 * Source: diffusers `FlowMatchEulerDiscreteScheduler.set_timesteps`, `.step`.
 */
export const flowMatchEuler: SamplerKind = {
  name: 'flow-match-euler',
  className: 'FlowMatchEulerDiscreteScheduler',
  flow: { shift: 'shift', fixed: {} },

  configure(read) {
    // diffusers asks its pipeline for a `mu` then, which WanPipeline does not give.
    read.only('use_dynamic_shifting', [false, null]);
    read.only('invert_sigmas', [false, null]);
    read.only('stochastic_sampling', [false, null]);
    const trainTimesteps = readTrainTimesteps(read);
    const shift = readShift(read, 'shift');
    const terminal = readShiftTerminal(read);
    const spacing = readSpacing(read, ['use_karras_sigmas', 'use_exponential_sigmas', 'use_beta_sigmas']);
    // The class has no such keys, but looks for them among those that others left in the file.
    if (spacing) readRange(read, [1, 1]);

    function levels(steps: number): readonly number[] {
      const extremes = [1, 1 / trainTimesteps].map((sigma) => shiftSigma(sigma, shift) * trainTimesteps);
      const even = linspace(...(extremes as [number, number]), steps).map((timestep) => timestep / trainTimesteps);
      const shifted = even.map((sigma) => shiftSigma(sigma, shift));
      const stretched = terminal === undefined ? shifted : stretchToTerminal(shifted, terminal);
      if (!spacing) return stretched;
      return SPACINGS[spacing](readRange(read, [stretched[0] as number, stretched.at(-1) as number]), steps);
    }

    return {
      name: this.name,
      shift,
      stateRows: 1,
      create(steps): Sampler {
        const sigmas = [...levels(steps).map(Math.fround), 0];
        return {
          sigmas,
          timesteps: sigmas.slice(0, -1).map((sigma) => Math.fround(sigma * trainTimesteps)),
          stateRows: 1,
          update: (step) => [[1, (sigmas[step + 1] as number) - (sigmas[step] as number)]],
        };
      },
    };
  },
};
