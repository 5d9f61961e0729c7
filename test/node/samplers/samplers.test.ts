import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { OptionError, UnsupportedModelError } from '../../../src/errors.ts';
import { samplerByName, samplerFromConfig } from '../../../src/samplers/index.ts';
import { guidedUpdate, type Sampler } from '../../../src/samplers/sampler.ts';
import { decode } from '../../../src/weights/dtypes.ts';
import { parseHeaderLength, parseSafetensorsHeader } from '../../../src/weights/safetensors.ts';

const folder = (name: string) => `test/fixtures/wan-pipeline-${name}`;

async function recorded(path: string): Promise<Map<string, Float32Array>> {
  const bytes = new Uint8Array(await readFile(path));
  const start = 8 + parseHeaderLength(path, bytes.subarray(0, 8), bytes.length);
  const { tensors } = parseSafetensorsHeader(path, bytes.subarray(8, start), bytes.length - start);
  const floats = [...tensors.values()].filter(({ dtype }) => dtype === 'F32');
  return new Map(floats.map(({ name, start: from, end, dtype }) => [name, decode(bytes.slice(from, end), dtype)]));
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
    const { kind, shift } = samplerFromConfig(config);
    const timesteps = golden.get('timesteps') as Float32Array;
    const sampler = kind.create(timesteps.length, shift);
    for (const [i, sigma] of (golden.get('sigmas') as Float32Array).entries()) {
      expect(sampler.sigmas[i]).toBeCloseTo(sigma, 6);
    }
    for (const [i, timestep] of timesteps.entries()) expect(sampler.timesteps[i]).toBeCloseTo(timestep, 3);
  });

  test.each([1, 2, 3, 8, 50])('%i steps: a clip that is known from the start is reached exactly', (steps) => {
    const sampler = samplerByName(name === 'euler' ? 'flow-match-euler' : name).create(steps, 3);
    expect(integrate(sampler, 1.7, () => -0.4)).toBeCloseTo(-0.4, 9);
  });
});

test('guidance is folded into the matrix: uncond + scale (cond - uncond)', () => {
  const sampler = samplerByName('flow-match-euler').create(4, 3);
  const [[, factor = 0] = []] = sampler.update(1);
  expect(guidedUpdate(sampler, 1, 4, 2)).toEqual(Float32Array.of(1, 4 * factor, -3 * factor));
  expect(guidedUpdate(sampler, 1, 1, 1)).toEqual(Float32Array.of(1, factor));
});

test('forms that are not built are named', () => {
  expect(() => samplerByName('ddim')).toThrow(OptionError);
  const config = { _class_name: 'UniPCMultistepScheduler', prediction_type: 'epsilon' };
  expect(() => samplerFromConfig(config)).toThrow(UnsupportedModelError);
  expect(() => samplerFromConfig(config)).toThrow(/prediction_type is "epsilon".*"flow_prediction"/);
  expect(() => samplerFromConfig({ _class_name: 'DDIMScheduler' })).toThrow(/DDIMScheduler/);
});
