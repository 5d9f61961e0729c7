import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DeviceLostError,
  type GenerateOptions,
  IntegrityError,
  inspectModel,
  type LoadOptions,
  loadPipeline,
  noStore,
  OptionError,
  type Phase,
  type Pipeline,
  type Progress,
  UnsupportedModelError,
  type WeightSource,
  WeightsError,
} from '../../src/index.ts';
import { addTensor, altered, bytes, editHeader, editJson } from '../support/altered-model.ts';
import { countingDevice, isLost } from '../support/counting-device.ts';

const PROMPT = 'a red circle moving left on a sky background';
/** Small enough that a run takes a second on a CPU. */
const SMALL: GenerateOptions = { prompt: PROMPT, seed: 3, steps: 2, width: 32, height: 32, frames: 5 };
const LOAD: LoadOptions = { manifestUrl: '/weights-manifest.json', store: noStore, firstRun: SMALL };
const SHAPES = '/models/shapes/';

/** The caller's device of most tests. */
let device: GPUDevice;
let liveBytes: () => number;
beforeAll(async () => {
  ({ device, liveBytes } = await countingDevice());
});
afterAll(() => device.destroy());

describe('one pipeline, run after run', () => {
  let pipeline: Pipeline;

  beforeAll(async () => {
    pipeline = await loadPipeline('shapes', { ...LOAD, device });
  });
  afterAll(async () => {
    await pipeline.dispose();
    expect(liveBytes(), 'bytes left behind').toBe(0);
    // A device of the caller's own is never destroyed.
    expect(await isLost(device)).toBe(false);
  });

  test('the same seed makes the same clip, in the same memory, as planned', async () => {
    const first = await pipeline.generate(SMALL);
    const bytes = pipeline.currentBytes;
    const pixels = await first.rgba();
    first.dispose();
    const second = await pipeline.generate(SMALL);
    expect(pipeline.currentBytes).toBe(bytes);
    expect(liveBytes()).toBe(bytes);
    expect(await second.rgba()).toEqual(pixels);
    const { plannedBytes, peakBytes } = second.report.memory;
    expect(plannedBytes).toBe(pipeline.plan(SMALL).plannedBytes);
    expect(peakBytes / plannedBytes).toBeGreaterThan(0.95);
    expect(peakBytes / plannedBytes).toBeLessThan(1.05);
    expect(second.report).toMatchObject({
      model: 'shapes',
      seed: 3,
      steps: 2,
      policy: { name: 'none' },
      schedule: { cond: '11', uncond: '11' },
      blocks: { computed: 48, reused: 0 },
      memory: { cacheBytes: 0 },
      fps: 8,
      warnings: [],
    });
    expect([first.fps, second.fps]).toEqual([8, 8]);
    const other = await pipeline.generate({ ...SMALL, seed: 4, fps: 12.5 });
    expect([other.fps, other.report.fps]).toEqual([12.5, 12.5]);
    expect(await other.rgba()).not.toEqual(pixels);
    expect(await second.compare(second)).toMatchObject({ psnr: 99, ssim: 1 });
    const { psnr, ssim } = await other.compare(second);
    expect(psnr).toBeLessThan(40);
    expect(ssim).toBeLessThan(0.99);
    second.dispose();
    await expect(other.compare(second)).rejects.toThrow(/disposed of/);
    other.dispose();
  });

  test.each<Phase>(['compile', 'text', 'denoise', 'decode'])(
    'aborted in %s, it frees the run and goes on',
    async (phase) => {
      const controller = new AbortController();
      const reason = new Error(`stopped in ${phase}`);
      const onProgress = (progress: { phase: Phase }) => {
        if (progress.phase === phase) controller.abort(reason);
      };
      const aborted = pipeline.generate({ ...SMALL, sampler: 'unipc', signal: controller.signal, onProgress });
      await expect(aborted).rejects.toBe(reason);
      expect(pipeline.currentBytes).toBe(pipeline.plan(SMALL).weightsBytes);
      const clip = await pipeline.generate(SMALL);
      expect(clip.frameCount).toBe(5);
      clip.dispose();
    },
  );

  test('own embeddings and latents take the place of prompt and seed', async () => {
    const textDim = 128;
    const zeros = { values: new Float32Array(7 * textDim), length: 7 };
    const latents = new Float32Array(16 * 2 * 2 * 2).fill(0.5);
    const own = { promptEmbeds: zeros, negativePromptEmbeds: zeros, latents };
    const clips = [
      await pipeline.generate({ ...SMALL, ...own, prompt: 'ignored', seed: 1 }),
      await pipeline.generate({ ...SMALL, ...own, seed: 2 }),
    ];
    const [a, b] = await Promise.all(clips.map((clip) => clip.rgba()));
    expect(a).toEqual(b);
    for (const clip of clips) clip.dispose();
    const few = { ...SMALL, latents: new Float32Array(3) };
    expect(() => pipeline.plan(few)).toThrow(/holds 3 .*Pass 128: 16 x 2/);
    await expect(pipeline.generate(few)).rejects.toThrow(/holds 3 .*Pass 128: 16 x 2/);
    const short = { values: new Float32Array(5), length: 7 };
    await expect(pipeline.generate({ ...SMALL, promptEmbeds: short })).rejects.toThrow(/5 values for a length of 7/);
  });

  test('a prompt that is too long is cut, and the report says so', async () => {
    const clip = await pipeline.generate({ ...SMALL, steps: 1, prompt: `${PROMPT} and `.repeat(5) });
    expect(clip.report.warnings).toEqual([
      expect.stringMatching(/^prompt was cut: the model takes 32 tokens, and \d+ more/),
    ]);
    clip.dispose();
  });

  test.each<[GenerateOptions, RegExp]>([
    [{ ...SMALL, steps: 0 }, /steps is 0.*integer from 1/],
    [{ ...SMALL, steps: 2.5 }, /steps is 2.5/],
    [{ ...SMALL, guidanceScale: Number.NaN }, /guidanceScale is NaN/],
    [{ ...SMALL, width: 100 }, /width is 100.*multiple of 32.*Use 96/],
    [{ ...SMALL, height: 0 }, /height is 0.*Use 32/],
    [{ ...SMALL, frames: 6 }, /frames is 6.*4 k \+ 1.*Use 5/],
    [{ ...SMALL, seed: -1 }, /seed is -1/],
    [{ ...SMALL, fps: 0 }, /fps is 0.*above 0, up to 240/],
    [{ ...SMALL, sampler: 'ddim' }, /sampler is "ddim".*flow-match-euler, unipc/],
    [{ steps: 1 }, /prompt is missing/],
    [{ ...SMALL, width: 6400, height: 6400 }, /200 x 200 tokens|tokens; the model takes 64/],
  ])('a bad option is named: %o', async (options, message) => {
    const bytes = pipeline.currentBytes;
    const failed = pipeline.generate(options);
    await expect(failed).rejects.toThrow(OptionError);
    await expect(failed).rejects.toThrow(message);
    expect(pipeline.currentBytes).toBe(bytes);
  });

  test('a second clip at the same time is refused', async () => {
    const first = pipeline.generate(SMALL);
    await expect(pipeline.generate(SMALL)).rejects.toThrow(/generating already/);
    (await first).dispose();
  });
});

describe('loading', () => {
  test.each<Phase>(['download', 'compile'])('aborted in %s, it leaves nothing behind', async (phase) => {
    const { device, liveBytes } = await countingDevice();
    const controller = new AbortController();
    const reason = new Error(`stopped in ${phase}`);
    const onProgress = (progress: { phase: Phase }) => {
      if (progress.phase === phase) controller.abort(reason);
    };
    const aborted = loadPipeline('shapes', { ...LOAD, device, signal: controller.signal, onProgress });
    await expect(aborted).rejects.toBe(reason);
    expect(liveBytes()).toBe(0);
    device.destroy();
  });

  test('the download knows from the first byte how long it is', async () => {
    const downloads: Progress[] = [];
    const stop = new AbortController();
    const onProgress = (progress: Progress) => {
      if (progress.phase !== 'download') return;
      downloads.push(progress);
      if (progress.loaded === progress.total) stop.abort();
    };
    await expect(loadPipeline('shapes', { ...LOAD, onProgress, signal: stop.signal })).rejects.toThrow(/abort/);
    const totals = downloads.map(({ total }) => total);
    // Headers, which a file's size counts and its tensors do not, are all that may come to it.
    expect(Math.max(...totals) / Math.min(...totals)).toBeLessThan(1.01);
    expect(downloads.at(-1)?.loaded).toBe(totals.at(-1));
  });

  test('a lost device rejects what is running; reload goes on with a new one', async () => {
    const pipeline = await loadPipeline('shapes', LOAD);
    const onStep = () => pipeline.device.destroy();
    await expect(pipeline.generate({ ...SMALL, steps: 30, onStep })).rejects.toThrow(DeviceLostError);
    await expect(pipeline.generate(SMALL)).rejects.toThrow(DeviceLostError);
    await pipeline.reload();
    const clip = await pipeline.generate(SMALL);
    expect((await clip.rgba()).length).toBe(5 * 32 * 32 * 4);
    await pipeline.dispose();
    await expect(pipeline.generate(SMALL)).rejects.toThrow(/disposed of/);
  });

  test('a device lost while weights are read rejects the load', async () => {
    const { device } = await countingDevice();
    const onProgress = () => device.destroy();
    await expect(loadPipeline('shapes', { ...LOAD, device, onProgress })).rejects.toThrow(DeviceLostError);
  });

  const TRANSFORMER = 'transformer/diffusion_pytorch_model.safetensors';
  test.each<[string, WeightSource | string, new (...args: never[]) => Error, RegExp]>([
    ['an unknown id', 'circles', OptionError, /no model "circles".*shapes/],
    ['a folder that is not there', '/models/none/', Error, /model_index.json/],
    [
      'a truncated file',
      altered({ [TRANSFORMER]: (b) => b.slice(0, -1000) }),
      WeightsError,
      /transformer.*safetensors/,
    ],
    [
      'a missing tensor',
      altered({ [TRANSFORMER]: editHeader((text) => text.replace('"proj_out.bias"', '"proj_out_bias"')) }),
      WeightsError,
      /proj_out\.bias \[64\] is missing/,
    ],
    [
      'a wrong shape',
      altered({ 'transformer/config.json': editJson((json) => Object.assign(json, { ffn_dim: 512 })) }),
      WeightsError,
      /ffn\.net\.0\.proj\.weight is \[768,192\], not \[512,192\].*and \d+ more/,
    ],
    [
      'another form of the class',
      altered({ 'transformer/config.json': editJson((json) => Object.assign(json, { image_dim: 1280 })) }),
      UnsupportedModelError,
      /image_dim is 1280.*supported: null/,
    ],
    [
      'an unknown pipeline',
      altered({ 'model_index.json': editJson((json) => Object.assign(json, { _class_name: 'LTXPipeline' })) }),
      UnsupportedModelError,
      /"LTXPipeline", which is not built/,
    ],
    [
      'a config that is none',
      altered({ 'vae/config.json': () => bytes('null') }),
      WeightsError,
      /vae.config.json holds no/,
    ],
    [
      'a picture',
      altered({ 'model_index.json': () => bytes('PNG') }),
      WeightsError,
      /model_index.json is not valid JSON/,
    ],
    [
      'a weight beyond those of the class',
      altered({
        'model_index.json': editJson((json) =>
          Object.assign(json, { text_encoder: ['transformers', 'T5EncoderModel'] }),
        ),
      }),
      WeightsError,
      /block\.1\.\S+relative_attention_bias\.weight is there, but would not be read/,
    ],
  ])('%s is named', async (_, model, type, message) => {
    const failed = loadPipeline(model, { ...LOAD, device });
    await expect(failed).rejects.toThrow(type);
    await expect(failed).rejects.toThrow(message);
    // Looking at it says the same, but for what only reading the weights shows.
    await expect(inspectModel(model, { ...LOAD, device })).rejects.toThrow(message);
    expect(liveBytes()).toBe(0);
  });

  test('a scheduler that is not built is refused when a run needs it; the sampler that the error names runs', async () => {
    const model = altered({
      'scheduler/scheduler_config.json': editJson((json) => Object.assign(json, { _class_name: 'PNDMScheduler' })),
      'model_index.json': editJson((json) => Object.assign(json, { scheduler: ['diffusers', 'PNDMScheduler'] })),
    });
    const { firstRun: _, ...load } = LOAD;
    const options = { ...load, device };
    expect((await inspectModel(model, options)).defaults.sampler).toBe('PNDMScheduler');
    // A first run that needs it is refused before weights are read.
    await expect(loadPipeline(model, { ...options, firstRun: SMALL })).rejects.toThrow(UnsupportedModelError);
    const pipeline = await loadPipeline(model, options);
    const refused = pipeline.generate(SMALL);
    await expect(refused).rejects.toThrow(UnsupportedModelError);
    await expect(refused).rejects.toThrow(
      /PNDMScheduler.*FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler.*option sampler.*: flow-match-euler, unipc/,
    );
    for (const sampler of ['flow-match-euler', 'unipc']) {
      const clip = await pipeline.generate({ ...SMALL, sampler });
      expect(clip.report).toMatchObject({ sampler, fps: 16 });
      clip.dispose();
    }
    await pipeline.dispose();
    expect(liveBytes()).toBe(0);
  });

  test('weights that no class reads are a warning in the report; NaN in a configuration is read', async () => {
    const model = altered({
      [TRANSFORMER]: addTensor('blocks.0.to_gate_compress.weight'),
      'transformer/config.json': (file) => bytes(new TextDecoder().decode(file).replace('{', '{"dropout": NaN,')),
      'model_index.json': editJson((json) => Object.assign(json, { expand_timesteps: true })),
    });
    const pipeline = await loadPipeline(model, { ...LOAD, device });
    const clip = await pipeline.generate({ ...SMALL, steps: 1 });
    expect(clip.report.warnings).toEqual([
      'altered shapes: transformer holds weights that its class does not read: blocks.0.to_gate_compress.weight.',
    ]);
    // Wan 2.2's frame rate.
    expect([clip.fps, clip.report.fps]).toEqual([24, 24]);
    await pipeline.dispose();
  });

  test("a file whose hash is not the manifest's is refused", async () => {
    const manifest = await (await fetch('/weights-manifest.json')).json();
    const [shapes] = manifest.models;
    for (const file of shapes.files) if (file.path === TRANSFORMER) file.sha256 = '0'.repeat(64);
    shapes.url = new URL(SHAPES, location.href).href;
    const url = URL.createObjectURL(new Blob([JSON.stringify(manifest)]));
    const real = globalThis.fetch;
    const manifestUrl = new URL('/test/altered/weights-manifest.json', location.href);
    globalThis.fetch = (input, init) => real(String(input) === manifestUrl.href ? url : input, init);
    try {
      await expect(loadPipeline('shapes', { ...LOAD, manifestUrl })).rejects.toThrow(IntegrityError);
    } finally {
      globalThis.fetch = real;
    }
  });
});
