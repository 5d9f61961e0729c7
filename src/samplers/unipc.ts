import type { ConfigReader } from '../models/config.ts';
import { noiseRange } from './betas.ts';
import { type Sampler, type SamplerKind, shiftSigma } from './sampler.ts';
import { readRange, readShift, readShiftTerminal, readSpacing, readTrainTimesteps } from './scheduler-keys.ts';
import { linspace, SPACINGS, stretchToTerminal } from './sigmas.ts';
import { type UniPcSettings, unipcUpdate } from './unipc-update.ts';

/** Each order more keeps one more tensor of the latents' size; diffusers recommends 2 or 3. */
const ORDERS = [2, 1, 3] as const;

/** Keeps the log-signal-to-noise ratio at sigma = 1 finite. */
const OFF_ONE = 1e-6;

/**
 * UniPC for flows: each step first corrects the latents with the new estimate m = x - sigma v, then predicts the next.
 *
 * Source: Zhao et al., arXiv 2302.04867; diffusers `UniPCMultistepScheduler` with `use_flow_sigmas`. The model is told the
 * timestep truncated to an integer, as there.
 */
export const unipc: SamplerKind = {
  name: 'unipc',
  className: 'UniPCMultistepScheduler',
  flow: { shift: 'flow_shift', fixed: { prediction_type: 'flow_prediction', use_flow_sigmas: true } },

  configure(read) {
    read.only('prediction_type', ['flow_prediction'], 'epsilon');
    read.only('use_flow_sigmas', [true], false);
    read.only('predict_x0', [true]);
    read.only('solver_p', [null]);
    read.only('thresholding', [false, null]);
    // diffusers asks its pipeline for a `mu` then, which WanPipeline does not give.
    read.only('use_dynamic_shifting', [false, null]);
    const shift = readShift(read, 'flow_shift');
    const schedule = readSchedule(read, shift);
    const settings = readSettings(read);
    const stateRows = settings.order + 2;
    return {
      name: this.name,
      shift,
      stateRows,
      create(steps): Sampler {
        const { sigmas, timesteps } = schedule(steps);
        return { sigmas, timesteps, stateRows, update: (step) => unipcUpdate(settings, sigmas, step) };
      },
    };
  },
};

/** Sigmas and timesteps by the number of steps. */
function readSchedule(read: ConfigReader, shift: number): (steps: number) => Pick<Sampler, 'sigmas' | 'timesteps'> {
  const trainTimesteps = readTrainTimesteps(read);
  const terminal = readShiftTerminal(read);
  // Of the others diffusers makes noise levels above 1, and NaN.
  const spacing = readSpacing(read, ['use_karras_sigmas']);
  const range = spacing && readRange(read, noiseRange(read, trainTimesteps));
  const endsInZero = read.only('final_sigmas_type', ['zero', 'sigma_min']) === 'zero';

  function levels(steps: number): readonly number[] {
    // Neither shift nor terminal count then.
    if (spacing && range) return SPACINGS[spacing](range, steps).map((sigma) => sigma / (sigma + 1));
    const even = linspace(1, 1 / trainTimesteps, steps + 1).slice(0, -1);
    const shifted = even.map((sigma) => shiftSigma(sigma, shift));
    const [first = 1, ...rest] = terminal === undefined ? shifted : stretchToTerminal(shifted, terminal);
    return [Math.abs(first - 1) < OFF_ONE ? first - OFF_ONE : first, ...rest];
  }

  return (steps) => {
    const all = levels(steps);
    return {
      sigmas: [...all, endsInZero ? 0 : (all.at(-1) as number)].map(Math.fround),
      timesteps: all.map((sigma) => Math.trunc(sigma * trainTimesteps)),
    };
  };
}

function readSettings(read: ConfigReader): UniPcSettings {
  const order = read.only('solver_order', ORDERS);
  // The names of other solvers mean bh2, as in diffusers.
  const solver = read.only('solver_type', ['bh2', 'bh1', 'midpoint', 'heun', 'logrho']);
  const lowersFinal = read.flag('lower_order_final', true);
  // What diffusers makes NaN of: a last step into sigma 0 is infinitely long, one that stays where it is has no length.
  const endsInZero = read.only('final_sigmas_type', ['zero', 'sigma_min']) === 'zero';
  if (!lowersFinal && order > (endsInZero ? 1 : 2)) {
    throw read.unsupported('lower_order_final', `true for solver_order ${order}`);
  }
  if (solver === 'bh1' && endsInZero) throw read.unsupported('solver_type', '"bh2" for final_sigmas_type "zero"');
  const uncorrected = new Set(read.numbers('disable_corrector', []));
  return { order, isBh1: solver === 'bh1', lowersFinal, uncorrected };
}
