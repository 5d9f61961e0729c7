import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { UnsupportedModelError } from '../../../src/errors.ts';
import { samplerFromConfig } from '../../../src/samplers/index.ts';
import type { Sampler } from '../../../src/samplers/sampler.ts';

/** A configuration, and what diffusers makes of it. */
interface Run {
  readonly config: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly sigmas: readonly number[];
  readonly timesteps: readonly number[];
  readonly samples: readonly (readonly number[])[];
}

/** A run with one key of its class changed, unless diffusers itself refuses the value. */
type Flag = { readonly key: string } & (Run | { readonly config: Run['config']; readonly error: string });

const { start, runs, flags } = JSON.parse(await readFile('test/fixtures/schedulers.json', 'utf8')) as {
  start: number[];
  runs: Run[];
  flags: Flag[];
};

/** What the model is taken to predict: as `velocity` in make_schedulers.py. */
const velocity = (step: number) => [Math.cos(1.7 * step), Math.sin(0.9 * step + 1)];

/** The latents after each step. */
function denoise(sampler: Sampler): number[][] {
  let state = [start, ...Array.from({ length: sampler.stateRows - 1 }, () => start.map(() => 0))];
  return sampler.timesteps.map((_, step) => {
    const inputs = [...state, velocity(step)];
    state = sampler
      .update(step)
      .map((row) => start.map((_, i) => row.reduce((sum, factor, j) => sum + factor * (inputs[j]?.[i] as number), 0)));
    return state[0] as number[];
  });
}

/** The largest difference, as a share of the reference's largest value. */
function distance(ours: readonly number[], reference: readonly number[]): number {
  expect(ours.length).toBe(reference.length);
  const scale = Math.max(1, ...reference.map(Math.abs));
  return Math.max(...ours.map((value, i) => Math.abs(value - (reference[i] as number)))) / scale;
}

function expectSame({ config, steps, sigmas, timesteps, samples }: Run): void {
  const sampler = samplerFromConfig(config).create(steps);
  expect(distance(sampler.sigmas, sigmas)).toBeLessThan(1e-6);
  // What UniPC tells the model is cut to an integer, and must not differ by one.
  expect(distance(sampler.timesteps, timesteps)).toBeLessThan(1e-6);
  expect(distance(denoise(sampler).flat(), samples.flat())).toBeLessThan(2e-6);
}

describe.each(['FlowMatchEulerDiscreteScheduler', 'UniPCMultistepScheduler'])('%s', (name) => {
  const own = runs.filter(({ config }) => config._class_name === name);

  test('there are many', () => expect(own.length).toBeGreaterThan(60));

  test.each(own.map((run) => [run.steps, JSON.stringify(run.config), run] as const))(
    '%i steps of %s are what diffusers makes of it',
    (_steps, _config, run) => expectSame(run),
  );

  const ownFlags = flags.filter(({ config }) => config._class_name === name);

  test.each(ownFlags.map((flag) => [flag.key, JSON.stringify(flag.config[flag.key]), flag] as const))(
    '%s = %s is carried out, or refused by name',
    (key, value, flag) => {
      try {
        samplerFromConfig(flag.config);
      } catch (error) {
        expect(error).toBeInstanceOf(UnsupportedModelError);
        expect((error as Error).message).toContain(`${name}: ${key} is ${value} in scheduler_config.json; supported: `);
        return;
      }
      expect(flag).not.toHaveProperty('error');
      expectSame(flag as Run);
    },
  );
});
