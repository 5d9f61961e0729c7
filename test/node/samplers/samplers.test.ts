import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { OptionError, UnsupportedModelError } from '../../../src/errors.ts';
import {
  chooseSampler,
  defaultSampler,
  SAMPLERS,
  samplerFromConfig,
  workingSampler,
} from '../../../src/samplers/index.ts';
import { guidedUpdate, type Sampler } from '../../../src/samplers/sampler.ts';
import { decode } from '../../../src/weights/formats.ts';
import { parseHeaderLength, parseSafetensorsHeader } from '../../../src/weights/safetensors.ts';

/** Keys of UniPC for a flow. */
const FLOW = { prediction_type: 'flow_prediction', use_flow_sigmas: true };
/** Of no class that is built, so that a named sampler takes but the shift. */
const WAN = { _class_name: 'DPMSolverMultistepScheduler', flow_shift: 3 };

const folder = (name: string) => `test/fixtures/wan-pipeline-${name}`;

async function recorded(path: string): Promise<Map<string, Float32Array>> {
  const bytes = new Uint8Array(await readFile(path));
  const start = 8 + parseHeaderLength(path, bytes.subarray(0, 8), bytes.length);
  const { tensors } = parseSafetensorsHeader(path, bytes.subarray(8, start), bytes.length - start);
  const floats = [...tensors.values()].filter(({ dtype }) => dtype === 'F32');
  return new Map(floats.map(({ name, start: from, end, dtype }) => [name, decode(bytes.slice(from, end), { dtype })]));
}

/** Runs a sampler on a velocity that is known in closed form, x0 = x - sigma v being `target`. */
function integrate(sampler: Sampler, start: number, target: (sigma: number) => number): number {
  let state = [start, ...new Array(sampler.stateRows - 1).fill(0)] as number[];
  for (const step of sampler.timesteps.keys()) {
    const sigma = sampler.sigmas[step] as number;
    const velocity = ((state[0] as number) - target(sigma)) / sigma;
    state = sampler.update(step).map((row) => row.reduce((sum, factor, i) => sum + factor * (state[i] ?? velocity), 0));
  }
  return state[0] as number;
}

describe.each(['euler', 'unipc'])('%s', (name) => {
  test("sigmas and timesteps are diffusers'", async () => {
    const config = JSON.parse(await readFile(`${folder(name)}/scheduler/scheduler_config.json`, 'utf8'));
    const golden = await recorded(`${folder(name)}/golden.safetensors`);
    const timesteps = golden.get('timesteps') as Float32Array;
    const sampler = samplerFromConfig(config).create(timesteps.length);
    for (const [i, sigma] of (golden.get('sigmas') as Float32Array).entries()) {
      expect(sampler.sigmas[i]).toBeCloseTo(sigma, 6);
    }
    for (const [i, timestep] of timesteps.entries()) expect(sampler.timesteps[i]).toBeCloseTo(timestep, 3);
  });

  test.each([1, 2, 3, 8, 50])('%i steps: a clip that is known from the start is reached exactly', (steps) => {
    const sampler = chooseSampler(name === 'euler' ? 'flow-match-euler' : name, WAN).create(steps);
    expect(integrate(sampler, 1.7, () => -0.4)).toBeCloseTo(-0.4, 9);
  });
});

test('guidance is folded into the matrix: uncond + scale (cond - uncond)', () => {
  const sampler = chooseSampler('flow-match-euler', WAN).create(4);
  const [[, factor = 0] = []] = sampler.update(1);
  expect(guidedUpdate(sampler, 1, 4, 2)).toEqual(Float32Array.of(1, 4 * factor, -3 * factor));
  expect(guidedUpdate(sampler, 1, 1, 1)).toEqual(Float32Array.of(1, factor));
});

describe('a file', () => {
  test.each([
    ['FlowMatchEulerDiscreteScheduler', { shift: 5, flow_shift: 3, use_flow_sigmas: true }, 5],
    ['FlowMatchEulerDiscreteScheduler', { flow_shift: 3 }, 1],
    ['UniPCMultistepScheduler', { shift: 5, ...FLOW }, 1],
    ['UniPCMultistepScheduler', { shift: 5, flow_shift: 7, invert_sigmas: true, ...FLOW }, 7],
  ])('of %s with %j: its own shift is %d, whatever others left', (_class_name, keys, shift) => {
    expect(samplerFromConfig({ _class_name, ...keys }).shift).toBe(shift);
  });

  test.each([
    [{}, /prediction_type is not in scheduler_config.json, which means "epsilon"; supported: "flow_prediction"/],
    [{ prediction_type: 'flow_prediction' }, /use_flow_sigmas is not in .*, which means false; supported: true/],
    [{ ...FLOW, shift_terminal: Number.NaN }, /shift_terminal is NaN in .*; supported: a number/],
    [{ ...FLOW, thresholding: Number.NaN }, /thresholding is NaN/],
    [{ ...FLOW, flow_shift: 0 }, /flow_shift is 0 .*above 0/],
    [{ ...FLOW, flow_shift: '3' }, /flow_shift is "3" .*a number/],
    [{ ...FLOW, shift_terminal: 1 }, /shift_terminal is 1 .*below 1/],
    [{ ...FLOW, use_karras_sigmas: true, rescale_betas_zero_snr: true }, /rescale_betas_zero_snr is true/],
  ])('of UniPC with %j is refused by name', (keys, message) => {
    const config = { _class_name: 'UniPCMultistepScheduler', ...keys };
    expect(() => samplerFromConfig(config)).toThrow(UnsupportedModelError);
    expect(() => samplerFromConfig(config)).toThrow(message);
  });

  test('of Euler has one spacing at most', () => {
    const config = { _class_name: 'FlowMatchEulerDiscreteScheduler', use_karras_sigmas: true, use_beta_sigmas: true };
    expect(() => samplerFromConfig(config)).toThrow(/use_beta_sigmas is true .*false beside use_karras_sigmas/);
  });
});

describe('a sampler that a caller names', () => {
  test.each([
    ['DPMSolverMultistepScheduler', { flow_shift: 5, shift: 2 }, 5],
    ['FlowMatchHeunDiscreteScheduler', { shift: 3, flow_shift: 2 }, 3],
    ['PNDMScheduler', {}, 1],
    ['UniPCMultistepScheduler', { ...FLOW, flow_shift: 3, solver_order: 9 }, 3],
    ['UniPCMultistepScheduler', { flow_shift: 3, shift: 8 }, 3],
    ['FlowMatchEulerDiscreteScheduler', { shift: 4, invert_sigmas: true, num_train_timesteps: 500 }, 4],
  ])('is what the error over a file of %s, %j, proposes: it runs with the shift, %d', (_class_name, keys, shift) => {
    const config = { _class_name, ...keys };
    const { remedy } = failure(() => samplerFromConfig(config)) as UnsupportedModelError;
    const names = remedy
      .slice(remedy.lastIndexOf(':') + 1, -1)
      .trim()
      .split(', ');
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const sampler = chooseSampler(name, config);
      expect(sampler).toMatchObject({ name, shift });
      expect(integrate(sampler.create(5), 1.7, () => -0.4)).toBeCloseTo(-0.4, 9);
    }
    expect(names).toContain(workingSampler(defaultSampler(config), config));
    // The default is refused as the file is.
    expect(() => chooseSampler(defaultSampler(config), config)).toThrow(remedy);
  });

  test('has the settings of the file that names it', () => {
    const config = { _class_name: 'UniPCMultistepScheduler', ...FLOW, flow_shift: 3, solver_order: 3 };
    expect(chooseSampler('unipc', config).create(6)).toEqual(expect.objectContaining({ stateRows: 5 }));
    expect(chooseSampler('unipc', WAN).create(6).stateRows).toBe(4);
  });

  test('is one that there is', () => {
    expect(() => chooseSampler('ddim', WAN)).toThrow(OptionError);
    expect(() => chooseSampler('ddim', WAN)).toThrow(/Use one of: flow-match-euler, unipc\./);
    expect(() => chooseSampler('karras', WAN)).toThrow(/there is no such sampler/);
    const ofFlows = SAMPLERS.filter(({ flow }) => flow).map(({ name }) => chooseSampler(name, {}).name);
    expect(ofFlows).toEqual(['flow-match-euler', 'unipc']);
  });
});

function failure(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
