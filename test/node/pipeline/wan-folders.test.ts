import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { OptionError, UnsupportedModelError, WeightsError } from '../../../src/errors.ts';
import type { Capabilities } from '../../../src/gpu/capabilities.ts';
import { resolveSettings } from '../../../src/pipeline/options.ts';
import { openFamily } from '../../../src/pipeline/wan.ts';
import { samplerFromConfig } from '../../../src/samplers/index.ts';
import type { WeightSource } from '../../../src/weights/source.ts';
import { diskSource } from '../weights/support.ts';

type Json = Record<string, unknown>;

/** The embedded model's folder, with some JSON files changed. */
function folder(changes: Readonly<Record<string, Json>> = {}): WeightSource {
  const disk = diskSource(new URL('../../../models/shapes/', import.meta.url));
  return {
    ...disk,
    async open(path, range, signal) {
      const changed = changes[path];
      if (!changed) return disk.open(path, range, signal);
      const json = { ...JSON.parse(await readFile(`models/shapes/${path}`, 'utf8')), ...changed };
      const blob = new Blob([JSON.stringify(json)]);
      return {
        stream: blob.slice(range?.start, range?.end).stream(),
        start: range?.start ?? 0,
        totalBytes: blob.size,
        origin: 'disk',
      };
    },
  };
}

/** Opens the folder; what is changed of `model_index.json` is under `index`. */
async function open(changes: Readonly<Record<string, Json>> = {}, index: Json = {}) {
  const source = folder(changes);
  const whole = { ...JSON.parse(await readFile('models/shapes/model_index.json', 'utf8')), ...index };
  const capabilities = { software: false } as Capabilities;
  return openFamily({ source }, whole, { precision: 'stored', capabilities });
}

/** What `generate` would take. */
async function settingsOf(options: object, family: Awaited<ReturnType<typeof open>>, listed: object = {}) {
  const defaults = { ...family.defaults, ...listed };
  return resolveSettings({ prompt: '', ...options }, defaults, family.sizes, family.scheduler);
}

const T5 = { text_encoder: ['transformers', 'T5EncoderModel'] };
const SCHEDULER = 'scheduler/scheduler_config.json';

describe('frames a second', () => {
  test.each([
    ['Wan 2.1', {}, 16],
    ['Wan 2.2 TI2V 5B', { expand_timesteps: true }, 24],
    ['a folder that does not say', { expand_timesteps: undefined }, 16],
  ])("are the model's: %s", async (_, index, fps) => {
    const family = await open({}, index);
    expect((await settingsOf({}, family)).fps).toBe(fps);
    expect((await settingsOf({}, family, { fps: 8 })).fps).toBe(8);
    expect((await settingsOf({ fps: 23.976 }, family, { fps: 8 })).fps).toBe(23.976);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 241, '8'])('are not %s', async (fps) => {
    const family = await open();
    await expect(settingsOf({ fps }, family)).rejects.toThrow(OptionError);
    await expect(settingsOf({ fps }, family)).rejects.toThrow(`fps is ${fps}. Pass a number above 0, up to 240.`);
  });
});

describe("a part's class is that of model_index.json", () => {
  test('a UMT5 told to be a T5 is refused for the tables that it would not read', async () => {
    await expect(open({}, T5)).rejects.toThrow(WeightsError);
    await expect(open({}, T5)).rejects.toThrow(/block\.1\.\S*relative_attention_bias\.weight is there, but would not/);
  });

  test.each([['T5EncoderModel'], ['UMT5ForConditionalGeneration'], null, undefined])(
    'whatever saved its configuration: %j',
    async (name) => {
      const architectures = name && [name];
      const {
        components: { text },
      } = await open({ 'text_encoder/config.json': { architectures, model_type: 't5' } });
      expect(text?.encoder.config.biasPerLayer).toBe(true);
    },
  );

  test("of the scheduler, too: its own file's _class_name is of the class that it was loaded from", async () => {
    const saved = { _class_name: 'UniPCMultistepScheduler', shift: 5, flow_shift: 3 };
    const { scheduler } = await open({ [SCHEDULER]: saved });
    expect(samplerFromConfig(scheduler)).toMatchObject({ name: 'flow-match-euler', shift: 5 });
    const index = { scheduler: ['diffusers', 'UniPCMultistepScheduler'] };
    const { scheduler: other } = await open(
      { [SCHEDULER]: { prediction_type: 'flow_prediction', use_flow_sigmas: true } },
      index,
    );
    expect(samplerFromConfig(other)).toMatchObject({ name: 'unipc', shift: 1 });
  });
});

describe('a model whose scheduler is not built', () => {
  test('though model_index.json names one that is: a file of an unknown class is not guessed at', async () => {
    const family = await open({ [SCHEDULER]: { _class_name: 'PNDMScheduler' } });
    await expect(settingsOf({}, family)).rejects.toThrow(/"PNDMScheduler", which is not built/);
    expect((await settingsOf({ sampler: 'unipc' }, family)).sampler.name).toBe('unipc');
  });

  const index = { scheduler: ['diffusers', 'DPMSolverMultistepScheduler'] };
  const changes = { [SCHEDULER]: { flow_shift: 3, use_flow_sigmas: true } };

  test('opens, refuses its default, and runs what it then proposes', async () => {
    const family = await open(changes, index);
    const refused = await settingsOf({}, family).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UnsupportedModelError);
    const { message } = refused as Error;
    expect(message).toMatch(/"DPMSolverMultistepScheduler", which is not built.*: flow-match-euler, unipc\.$/);
    for (const sampler of ['flow-match-euler', 'unipc']) {
      expect((await settingsOf({ sampler }, family)).sampler).toMatchObject({ name: sampler, shift: 3 });
    }
  });

  test('so does one whose scheduler is built, but not its form', async () => {
    const family = await open({ [SCHEDULER]: { stochastic_sampling: true } });
    await expect(settingsOf({}, family)).rejects.toThrow(/stochastic_sampling is true .*: unipc\.$/);
    expect((await settingsOf({ sampler: 'unipc' }, family)).sampler).toMatchObject({ name: 'unipc', shift: 3 });
  });

  test('the manifest may name another', async () => {
    const family = await open(changes, index);
    expect((await settingsOf({}, family, { sampler: 'unipc' })).sampler.name).toBe('unipc');
  });
});
