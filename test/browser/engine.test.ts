import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EngineClient } from '../../demo/engine/client.ts';
import type { EngineEvent, Pictures, RunRequest } from '../../demo/engine/protocol.ts';
import { EMBEDDED_SIZES, EMBEDDED_WORK } from '../../demo/state/embedded.ts';
import { loadPipeline, noStore, type Phase } from '../../src/index.ts';

const SMALL: RunRequest = {
  prompt: 'a red circle moving left on a sky background',
  seed: 3,
  steps: 4,
  width: 32,
  height: 32,
  frames: 5,
};
const CACHED: RunRequest = { ...SMALL, policy: 'bwcache', policyOptions: { threshold: 1e9, interval: 1, tail: 0 } };

// Vitest's page is not where the manifest is, as the demo's is.
const base = document.createElement('base');
base.href = '/';
beforeAll(() => document.head.append(base));
afterAll(() => base.remove());

const ignore = (event: EngineEvent) => {
  if (event.kind === 'preview') event.picture.close();
};

/** What was told of one kind. */
function only<K extends EngineEvent['kind']>(events: readonly EngineEvent[], kind: K) {
  return events.filter((event): event is Extract<EngineEvent, { kind: K }> => event.kind === kind);
}

/** All pixels, without a way through colour spaces. */
function pixels({ frames, width, height }: Pictures): Uint8ClampedArray {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  const all = new Uint8ClampedArray(frames.length * width * height * 4);
  for (const [i, frame] of frames.entries()) {
    context.drawImage(frame, 0, 0);
    all.set(context.getImageData(0, 0, width, height).data, i * width * height * 4);
  }
  return all;
}

describe('the worker', () => {
  let engine: EngineClient;
  beforeAll(async () => {
    engine = new EngineClient();
  });

  test('loads a model that is looked up beside the page', async () => {
    const events: EngineEvent[] = [];
    const loaded = await engine.load('shapes', (event) => events.push(event));
    expect(loaded.info).toMatchObject({
      id: 'shapes',
      fits: true,
      sizes: EMBEDDED_SIZES,
      tokens: EMBEDDED_WORK.tokens,
    });
    expect(loaded.info.parts).toContainEqual(expect.objectContaining(EMBEDDED_WORK.parts[0]));
    expect(loaded.info).toEqual(await engine.inspect('shapes'));
    expect(loaded.gpu.limits.maxBufferSize).toBeGreaterThan(2 ** 20);
    expect(loaded.presets.bwcache).toHaveProperty('balanced');
    const downloads = only(events, 'progress').filter(({ progress }) => progress.phase === 'download');
    expect(downloads.at(-1)?.progress).toMatchObject({ loaded: downloads.at(-1)?.progress.total });
    expect((await engine.plan(CACHED)).cacheBytes).toBeGreaterThan(0);
  });

  test('tells of a run in order, and hands over the pixels that the library has', async () => {
    const events: EngineEvent[] = [];
    const { pictures, report } = await engine.generate(CACHED, (event) => events.push(event));
    expect(report.schedule).toEqual({ cond: '1101', uncond: '1101' });
    expect(only(events, 'step').map(({ step }) => step.step)).toEqual([0, 1, 2, 3]);
    const cond = only(events, 'forward').filter(({ forward }) => forward.branch === 'cond');
    expect(cond.map(({ forward }) => Math.sign(forward.computed)).join('')).toBe(report.schedule.cond);
    expect(only(events, 'scores').map(({ scores }) => scores)).toEqual(report.scores);
    const [preview] = only(events, 'preview');
    expect(preview?.picture).toMatchObject({ width: 32, height: 32 });
    preview?.picture.close();
    const phases = new Set(only(events, 'progress').map(({ progress }) => progress.phase));
    expect([...phases]).toEqual(['compile', 'text', 'denoise', 'decode']);

    const options = { manifestUrl: '/weights-manifest.json', store: noStore, firstRun: CACHED };
    const pipeline = await loadPipeline('shapes', options);
    const clip = await pipeline.generate(CACHED);
    expect(pictures).toMatchObject({ width: 32, height: 32, fps: clip.fps });
    expect(pixels(pictures)).toEqual(new Uint8ClampedArray(await clip.rgba()));
    await pipeline.dispose();
  });

  test('keeps clips until they are released, and as files when their model goes', async () => {
    const run = await engine.generate(CACHED, ignore);
    const full = await engine.generate(SMALL, ignore);
    expect(await engine.compare(full.clip, full.clip)).toMatchObject({ psnr: 99 });
    expect((await engine.compare(run.clip, full.clip)).psnr).toBeLessThan(99);
    await engine.release(full.clip);
    const compared = engine.compare(run.clip, full.clip);
    await expect(compared).rejects.toThrow(`Clip ${full.clip} is not on the GPU any more.`);
    await engine.load('shapes', ignore);
    const file = await engine.encode(run.clip);
    expect(file.type).toMatch(/^video\//);
    expect(file.size).toBeGreaterThan(100);
    await expect(engine.encode(full.clip)).rejects.toThrow('Generate it again.');
  });

  test.each<[string, () => Promise<unknown>, string, RegExp]>([
    ['an option', () => engine.generate({ ...SMALL, width: 33 }, ignore), 'OptionError', /width is 33/],
    ['a folder', () => engine.inspect([new File(['x'], 'a.txt')]), 'MissingFileError', /model_index.json/],
    ['a model', () => engine.inspect('circles'), 'OptionError', /no model "circles"/],
  ])('%s that is wrong comes across by name', async (_, work, name, message) => {
    const error = await work().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name, message: expect.stringMatching(message) });
  });

  // Each phase lasts longer than a word takes to the worker and back.
  test.each<[Phase, Partial<RunRequest>]>([
    ['compile', { steps: 200 }],
    ['text', { steps: 200 }],
    ['denoise', { steps: 200 }],
    ['decode', { steps: 1, frames: 33, width: 64, height: 64 }],
  ])('stops in %s, and goes on', async (phase, long) => {
    const stopped = engine.generate({ ...SMALL, ...long }, (event) => {
      ignore(event);
      if (event.kind === 'progress' && event.progress.phase === phase) void engine.stop();
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    expect((await engine.generate({ ...SMALL, steps: 1 }, ignore)).pictures.frames.length).toBe(5);
  });
});
