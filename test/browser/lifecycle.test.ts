import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type Clip,
  DeviceLostError,
  type GenerateOptions,
  KernelError,
  type LoadOptions,
  loadPipeline,
  OptionError,
  type Pipeline,
  StillframeError,
} from '../../src/index.ts';
import { countingDevice, isLost } from '../support/counting-device.ts';
import { requestTestAdapter } from '../support/gpu.ts';
import { TINY, TINY_LOAD, TINY_RUN } from '../support/tiny-pipeline.ts';
import { whenMapped } from '../support/when-mapped.ts';

/** Pipelines of a test. */
const opened = new Set<Pipeline>();
afterEach(async () => {
  for (const pipeline of opened) await pipeline.dispose();
  opened.clear();
});

async function open(options: LoadOptions = {}): Promise<Pipeline> {
  const pipeline = await loadPipeline(TINY, { ...TINY_LOAD, ...options });
  opened.add(pipeline);
  return pipeline;
}

/** A caller's device, which lives on when pipelines are disposed of. One for most tests: kernels compile once. */
let shared: Awaited<ReturnType<typeof countingDevice>>;
beforeAll(async () => {
  shared = await countingDevice();
});
afterAll(() => shared.device.destroy());

/** A pipeline on a device whose bytes are counted. */
async function openCounted(counted = shared) {
  return { ...counted, pipeline: await open({ device: counted.device }) };
}

/** Begins a generation. @returns it, and what resolves once a step has run. */
function begin(pipeline: Pipeline, options: GenerateOptions = {}) {
  let step = () => {};
  const stepped = new Promise<void>((resolve) => {
    step = resolve;
  });
  const generating = pipeline.generate({ ...TINY_RUN, steps: 200, onStep: step, ...options });
  generating.catch(() => {});
  return { generating, stepped };
}

/** Expects an error of ours, with these words. */
async function refused(work: Promise<unknown>, message: RegExp, Kind = StillframeError): Promise<void> {
  await expect(work).rejects.toThrow(Kind);
  await expect(work).rejects.toThrow(message);
}

async function drain(clip: Clip): Promise<void> {
  for await (const frame of clip.frames()) frame.close();
}

describe('dispose', () => {
  test('during generate stops it, and resolves when all is free', async () => {
    const { pipeline, device, liveBytes } = await openCounted();
    expect(pipeline.state).toBe('ready');
    const { generating, stepped } = begin(pipeline);
    expect(pipeline.state).toBe('generating');
    await stepped;
    const [once, twice] = [pipeline.dispose(), pipeline.dispose()];
    expect(pipeline.state).toBe('disposed');
    await refused(generating, /^This pipeline was disposed of\./);
    await Promise.all([once, twice]);
    expect(liveBytes()).toBe(0);
    await pipeline.dispose();
    await refused(pipeline.generate(TINY_RUN), /disposed of.*reload/);
    expect(() => pipeline.plan(TINY_RUN)).toThrow(/disposed of/);
    expect(() => pipeline.device).toThrow(/disposed of/);
    expect(await isLost(device)).toBe(false);
  });

  test('as a clip comes back leaves a clip that refuses', async () => {
    const { pipeline, liveBytes } = await openCounted();
    const generating = pipeline.generate(TINY_RUN);
    const ended = generating.then(
      (clip) => refused(clip.rgba(), /pipeline of this clip was disposed of/),
      (error) => expect(error).toBeInstanceOf(StillframeError),
    );
    void generating.then(() => pipeline.dispose());
    await ended;
    await pipeline.dispose();
    expect(liveBytes()).toBe(0);
  });

  test("leaves clips that refuse by name, on a caller's device too", async () => {
    const { pipeline, device } = await openCounted();
    const clips = [await pipeline.generate(TINY_RUN), await pipeline.generate({ ...TINY_RUN, seed: 4 })];
    const [clip, other] = clips as [Clip, Clip];
    const halfRead = clip.frames();
    ((await halfRead.next()).value as VideoFrame).close();
    await pipeline.dispose();
    const gone = /^The pipeline of this clip was disposed of\. Read what you need/;
    await refused(halfRead.next(), gone);
    expect((await halfRead.next()).done).toBe(true);
    await refused(clip.rgba(), gone);
    await refused(drain(clip), gone);
    await refused(clip.toBlob(), gone);
    await refused(clip.compare(other), gone);
    expect(() => clip.texture(0)).toThrow(gone);
    // Of another pipeline on the same device, whose own clips are there.
    const second = await open({ device });
    const alive = await second.generate(TINY_RUN);
    await refused(alive.compare(clip), gone);
    await refused(clip.compare(alive), gone);
    expect((await alive.rgba()).some((value) => value !== 0)).toBe(true);
    for (const each of clips) each.dispose();
  });

  test('while clips are read, compared and encoded makes these refuse by name', async () => {
    const { pipeline, liveBytes } = await openCounted();
    const clips = [await pipeline.generate(TINY_RUN), await pipeline.generate({ ...TINY_RUN, seed: 4 })];
    const [clip, other] = clips as [Clip, Clip];
    const frames = clip.frames();
    const waiting = whenMapped();
    const reading = [clip.rgba(), clip.compare(other), other.compare(clip), other.toBlob(), frames.next()];
    const settled = Promise.allSettled(reading);
    await waiting;
    await pipeline.dispose();
    const failed = (await settled).filter((result) => result.status === 'rejected');
    expect(failed.length).toBeGreaterThan(0);
    for (const { reason } of failed) {
      expect(reason).toBeInstanceOf(StillframeError);
      expect(reason.message).toMatch(/disposed of/);
    }
    expect(liveBytes()).toBe(0);
    await refused(clip.rgba(), /disposed of/);
  });

  test('of a clip that is compared makes the comparison refuse, and leaves nothing', async () => {
    const { pipeline, liveBytes } = await openCounted();
    const clips = [await pipeline.generate(TINY_RUN), await pipeline.generate({ ...TINY_RUN, seed: 4 })];
    const [clip, other] = clips as [Clip, Clip];
    const comparing = clip.compare(other);
    other.dispose();
    await refused(comparing, /^This clip was disposed of/);
    const before = liveBytes();
    clip.dispose();
    expect(liveBytes()).toBeLessThan(before);
    expect(liveBytes()).toBe(pipeline.currentBytes);
  });
});

describe('reload', () => {
  test('does not listen to what stopped the first load', async () => {
    const first = new AbortController();
    const pipeline = await open({ device: shared.device, signal: first.signal });
    first.abort(new Error('too late'));
    const clip = await pipeline.generate(TINY_RUN);
    await pipeline.reload();
    await refused(clip.rgba(), /pipeline of this clip was disposed of/);
    expect((await pipeline.generate(TINY_RUN)).frameCount).toBe(5);
  });

  test('a second one at the same time is refused, and only one model is there', async () => {
    const { pipeline, liveBytes } = await openCounted();
    const weights = pipeline.currentBytes;
    const first = pipeline.reload();
    expect(pipeline.state).toBe('loading');
    await refused(pipeline.reload(), /^This pipeline is loading its model again\. Wait for it/);
    await refused(pipeline.generate(TINY_RUN), /loading its model again/);
    expect(() => pipeline.info).toThrow(/loading its model again/);
    await first;
    expect(pipeline.state).toBe('ready');
    expect(liveBytes()).toBe(weights);
    await pipeline.generate(TINY_RUN);
    await pipeline.dispose();
    expect(liveBytes()).toBe(0);
  });

  test('while it generates is refused, and the generation goes on', async () => {
    const { pipeline } = await openCounted();
    const generating = pipeline.generate(TINY_RUN);
    await refused(pipeline.reload(), /^This pipeline is generating already\. Wait for it/);
    await refused(pipeline.generate(TINY_RUN), /generating already/);
    expect(pipeline.plan(TINY_RUN).plannedBytes).toBeGreaterThan(0);
    expect((await (await generating).rgba()).length).toBe(5 * 32 * 32 * 4);
    expect(pipeline.state).toBe('ready');
  });

  test('is stopped by dispose and by its signal; both leave nothing, and it can be tried again', async () => {
    const { pipeline, liveBytes } = await openCounted();
    const early = pipeline.reload();
    early.catch(() => {});
    await pipeline.dispose();
    await refused(early, /^This pipeline was disposed of/);
    expect(liveBytes()).toBe(0);
    let disposing: Promise<void> | undefined;
    const stopped = pipeline.reload({
      onProgress: () => {
        disposing ??= pipeline.dispose();
      },
    });
    await refused(stopped, /^This pipeline was disposed of/);
    await disposing;
    expect(liveBytes()).toBe(0);
    const stop = new AbortController();
    const reason = new Error('enough');
    const aborted = pipeline.reload({ signal: stop.signal, onProgress: () => stop.abort(reason) });
    await expect(aborted).rejects.toBe(reason);
    await expect(pipeline.reload({ signal: stop.signal })).rejects.toBe(reason);
    expect(pipeline.state).toBe('disposed');
    expect(liveBytes()).toBe(0);
    await pipeline.reload();
    expect((await pipeline.generate(TINY_RUN)).frameCount).toBe(5);
  });

  test('at once after a dispose that stops a generation waits for it', async () => {
    const { pipeline, liveBytes } = await openCounted();
    const weights = liveBytes();
    const { generating, stepped } = begin(pipeline);
    await stepped;
    const disposing = pipeline.dispose();
    await pipeline.reload();
    await refused(generating, /disposed of/);
    await disposing;
    expect(pipeline.state).toBe('ready');
    expect(liveBytes()).toBe(weights);
  });

  test('asks for another adapter where the first was given, and keeps the model until it has one', async () => {
    const adapter = (await requestTestAdapter()) as GPUAdapter;
    const pipeline = await open({ adapter });
    await refused(pipeline.reload(), /adapter was yours.*Request another.*reload\(\{ adapter \}\)/, OptionError);
    expect(pipeline.state).toBe('ready');
    expect((await pipeline.generate(TINY_RUN)).frameCount).toBe(5);
    await pipeline.reload({ adapter: (await requestTestAdapter()) as GPUAdapter });
    expect((await pipeline.generate(TINY_RUN)).frameCount).toBe(5);
    await refused(pipeline.reload(), /adapter was yours/, OptionError);
  });

  test("asks for another device where the caller's is lost; one that lives serves again", async () => {
    const { pipeline, device, liveBytes } = await openCounted(await countingDevice());
    await pipeline.dispose();
    await pipeline.reload();
    expect(pipeline.device).toBe(device);
    const { generating, stepped } = begin(pipeline);
    await stepped;
    device.destroy();
    await refused(generating, /lost/, DeviceLostError);
    expect(pipeline.state).toBe('lost');
    await refused(pipeline.generate(TINY_RUN), /lost/, DeviceLostError);
    await refused(pipeline.reload(), /The lost device was yours.*reload\(\{ device \}\)/, OptionError);
    expect(pipeline.state).toBe('lost');
    expect(liveBytes()).toBeGreaterThan(0);
    const { device: next, liveBytes: nextBytes } = shared;
    await pipeline.reload({ device: next });
    expect(pipeline.device).toBe(next);
    expect(liveBytes()).toBe(0);
    expect((await pipeline.generate(TINY_RUN)).frameCount).toBe(5);
    await pipeline.dispose();
    expect(nextBytes()).toBe(0);
  });
});

test('what the GPU refuses rejects the generation with a KernelError; in debug it names the submission', async () => {
  const { device, buffers } = shared;
  const pipeline = await open({ device, debug: true });
  const weight = buffers().find(({ label }) => label === 'blocks.1.ffn.net.0.proj.weight');
  expect(weight).toBeDefined();
  weight?.destroy();
  await refused(
    pipeline.generate(TINY_RUN),
    /The GPU refused submission .*matmul.*blocks\.1\.ffn\.net\.0\.proj\.weight.*destroyed/s,
    KernelError,
  );
  expect(pipeline.state).toBe('ready');
});
