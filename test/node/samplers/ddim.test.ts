import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { OptionError, UnsupportedModelError } from '../../../src/errors.ts';
import { chooseSampler, samplerFromConfig, workingSampler } from '../../../src/samplers/index.ts';
import { guidedEstimate, type Sampler } from '../../../src/samplers/sampler.ts';

/** A configuration, and what diffusers makes of it. */
interface Run {
  readonly config: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly timesteps: readonly number[];
  readonly samples: readonly (readonly number[])[];
  readonly estimates: readonly (readonly number[])[];
}

/** What diffusers refuses, or makes NaN of. */
type Attempt = Run | (Pick<Run, 'config' | 'steps'> & { readonly error: string });

const { start, runs, flags } = JSON.parse(await readFile('test/fixtures/ddim.json', 'utf8')) as {
  start: number[];
  runs: Attempt[];
  flags: (Attempt & { readonly key: string })[];
};

/** Makes the schedules of a configuration. */
const ddimSampler = (config: Run['config']) => {
  const sampler = samplerFromConfig({ _class_name: 'DDIMScheduler', ...config });
  return (steps: number) => sampler.create(steps);
};

/** What the model is taken to predict: as `prediction` in make_ddim.py. */
const prediction = (step: number) => [Math.cos(1.7 * step), Math.sin(0.9 * step + 1)];

/** The latents after each step, and what each step takes the clean ones to be. */
function denoise(sampler: Sampler): { samples: number[][]; estimates: number[][] } {
  let latents = start;
  const samples: number[][] = [];
  const estimates: number[][] = [];
  for (const step of sampler.timesteps.keys()) {
    const predicted = prediction(step);
    const mix = ([a, b]: ArrayLike<number> & Iterable<number>) =>
      latents.map((value, i) => (a as number) * value + (b as number) * (predicted[i] as number));
    estimates.push(mix(guidedEstimate(sampler, step, 1, 1)));
    latents = mix(sampler.update(step)[0] as number[]);
    samples.push(latents);
  }
  return { samples, estimates };
}

/** The largest difference, as a share of the reference's largest value. */
function distance(ours: readonly number[][], reference: readonly (readonly number[])[]): number {
  const [got, want] = [ours.flat(), reference.flat()];
  expect(got.length).toBe(want.length);
  return Math.max(...got.map((value, i) => Math.abs(value - (want[i] as number)))) / Math.max(1, ...want.map(Math.abs));
}

/**
 * Rescaled variances are differences of square roots, which PyTorch's library does not round alike on all processors: one
 * in the last digit of a share near 1 moves the small noise beside it by a thousandth.
 */
const tolerance = ({ rescale_betas_zero_snr }: Run['config']) => (rescale_betas_zero_snr ? 1e-4 : 2e-6);

function expectSame({ config, steps, timesteps, samples, estimates }: Run): void {
  const sampler = ddimSampler(config)(steps);
  expect(sampler.timesteps).toEqual(timesteps);
  const ours = denoise(sampler);
  expect(distance(ours.samples, samples)).toBeLessThan(tolerance(config));
  expect(distance(ours.estimates, estimates)).toBeLessThan(tolerance(config));
}

const isRun = (one: Attempt): one is Run => !('error' in one);
const named = <T extends Attempt>(all: readonly T[]) =>
  all.map((one) => [one.steps, JSON.stringify(one.config), one] as const);

test('there are many, and few that diffusers makes nothing of', () => {
  expect(runs.filter(isRun).length).toBeGreaterThan(60);
});

test.each(named(runs.filter(isRun)))('%i steps of %s are what diffusers makes of it', (_steps, _config, run) =>
  expectSame(run),
);

test.each(named(runs.filter((one) => !isRun(one))))(
  '%i steps of %s are refused, as in diffusers',
  (steps, _config, run) => {
    expect(() => ddimSampler(run.config)(steps)).toThrow(/steps_offset|rescale_betas_zero_snr/);
  },
);

describe('every key of the class is carried out, or refused by name', () => {
  test.each(flags.map((flag) => [flag.key, JSON.stringify(flag.config[flag.key]), flag] as const))(
    '%s = %s',
    (key, _value, flag) => {
      try {
        ddimSampler(flag.config)(flag.steps);
      } catch (error) {
        expect(error).toBeInstanceOf(UnsupportedModelError);
        expect((error as Error).message).toContain(`DDIMScheduler: ${key}`);
        return;
      }
      expect(flag).not.toHaveProperty('error');
      expectSame(flag as unknown as Run);
    },
  );

  test('clipping is refused, which is what an absent key means', () => {
    expect(() => ddimSampler({})).toThrow(/clip_sample/);
    expect(() => ddimSampler({ clip_sample: false, beta_schedule: 'exp' })).toThrow(/beta_schedule is "exp"/);
    expect(() => ddimSampler({ clip_sample: false, timestep_spacing: 'karras' })).toThrow(/timestep_spacing/);
    expect(() => ddimSampler({ clip_sample: false, steps_offset: -1 })).toThrow(/steps_offset is -1/);
  });
});

test('noise alone, of which only the noise is predicted, is refused', () => {
  const config = { clip_sample: false, rescale_betas_zero_snr: true, timestep_spacing: 'trailing' };
  expect(() => ddimSampler(config)(4)).toThrow(/rescale_betas_zero_snr.*"epsilon"/);
  expect(ddimSampler({ ...config, prediction_type: 'v_prediction' })(4).sigmas[0]).toBe(1);
  expect(() => ddimSampler({ ...config, timestep_spacing: 'leading' })(4)).not.toThrow();
});

test('steps that there are no timesteps for are refused, and the remedy works', () => {
  const plain = ddimSampler({ clip_sample: false });
  expect(() => plain(1001)).toThrow(OptionError);
  expect(() => plain(1000)).not.toThrow();
  for (const [steps, offset] of [
    [1000, 1],
    [7, 900],
    [3, 999],
  ] as const) {
    const create = ddimSampler({ clip_sample: false, steps_offset: offset });
    const refusal = (() => {
      try {
        create(steps);
      } catch (error) {
        return String((error as OptionError).message);
      }
      return '';
    })();
    const most = Number(/Use (\d+) steps/.exec(refusal)?.[1]);
    expect(create(most).timesteps.length).toBe(most);
    expect(() => create(most + 1)).toThrow(/steps_offset/);
  }
});

test.each([1, 2, 3, 8, 50, 1000])('%i steps: a picture that is known from the start is reached exactly', (steps) => {
  const sampler = ddimSampler({ clip_sample: false, prediction_type: 'sample' })(steps);
  let latents = 1.7;
  for (const step of sampler.timesteps.keys()) {
    const [[a = 0, b = 0] = []] = sampler.update(step);
    latents = a * latents + b * -0.4;
  }
  expect(latents).toBeCloseTo(-0.4, 9);
  expect(sampler.sigmas.length).toBe(steps + 1);
  expect(sampler.sigmas.at(-1)).toBe(0);
});

test('DDIM runs no flow, and no sampler of flows its models', () => {
  const diffusion = { _class_name: 'DDIMScheduler', clip_sample: false };
  expect(chooseSampler('ddim', diffusion).create(4).timesteps).toEqual([750, 500, 250, 0]);
  expect(() => chooseSampler('unipc', diffusion)).toThrow(
    /sampler is "unipc"; this model is none that it samples. Use one of: ddim\./,
  );
  const flow = { _class_name: 'FlowMatchEulerDiscreteScheduler', shift: 3 };
  expect(() => chooseSampler('ddim', flow)).toThrow(
    /sampler is "ddim"; this model is .* Use one of: flow-match-euler, unipc\./,
  );
  expect(() => chooseSampler('ddim', { _class_name: 'PNDMScheduler' })).toThrow(OptionError);
  expect(workingSampler('ddim', flow)).toBe('unipc');
  expect(() => workingSampler('unipc', diffusion)).toThrow(OptionError);
  expect(() => samplerFromConfig({ _class_name: 'DDIMScheduler' })).toThrow(
    /clip_sample is not in scheduler_config.json, which means true; supported: false. Use a checkpoint/,
  );
});
