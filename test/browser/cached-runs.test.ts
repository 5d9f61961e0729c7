import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { GpuMemory } from '../../src/gpu/memory.ts';
import {
  type Clip,
  DeviceLostError,
  type GenerateOptions,
  loadPipeline,
  noStore,
  OutOfMemoryError,
  type Pipeline,
} from '../../src/index.ts';

/** Small enough that a run takes a second on a CPU. It reuses from step 2 on. */
const CACHED: GenerateOptions = {
  prompt: 'a red circle moving left on a sky background',
  seed: 3,
  steps: 6,
  width: 32,
  height: 32,
  frames: 5,
  policy: 'bwcache',
  policyOptions: { threshold: 1e9, interval: 2, tail: 1 },
};
const TEACACHE = { policy: 'teacache', policyOptions: { threshold: 1e9 } };

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await loadPipeline('shapes', { manifestUrl: '/weights-manifest.json', store: noStore, firstRun: CACHED });
}, 60_000);
afterAll(() => pipeline.dispose());

/** A run's pixels and what it computed. */
async function made(options: GenerateOptions) {
  const clip: Clip = await pipeline.generate(options);
  const { schedule, scores } = clip.report;
  const pixels = await clip.rgba();
  clip.dispose();
  return { pixels, schedule, scores };
}

test('U7: runs of another size or of other steps in between leave nothing behind', async () => {
  const first = await made(CACHED);
  expect(first.schedule.cond).toBe('110011');
  for (const other of [{ width: 64 }, { steps: 4 }, { guidanceScale: 1 }, { frames: 1 }]) {
    await made({ ...CACHED, ...other });
    expect(await made(CACHED), JSON.stringify(other)).toEqual(first);
  }
});

test.each([
  ['another count of steps', {}, 'policyOptions.artifact was made for steps 30; this run has 6.'],
  [
    'a file that is not there',
    { artifact: 'no.json' },
    /policyOptions\.artifact is "no\.json": .*no\.json is not there/,
  ],
])('an artifact is refused before weights are read: %s', async (_, policyOptions, message) => {
  const firstRun = { ...CACHED, policy: 'smoothcache', policyOptions };
  const onProgress = vi.fn();
  const loading = loadPipeline('shapes', {
    manifestUrl: '/weights-manifest.json',
    store: noStore,
    firstRun,
    onProgress,
  });
  await expect(loading).rejects.toThrow(message);
  expect(onProgress).not.toHaveBeenCalled();
});

test('a cache without room is refused before the first step, with what would make it fit', async () => {
  const allocate = GpuMemory.prototype.allocate;
  const spy = vi.spyOn(GpuMemory.prototype, 'allocate').mockImplementation(function (this: GpuMemory, requests) {
    if (!requests.some(({ label }) => label.startsWith('probe.'))) return allocate.call(this, requests);
    return Promise.reject(new OutOfMemoryError('The GPU has no room.', 'Close tabs.'));
  });
  const onStep = vi.fn();
  const refused = pipeline.generate({ ...CACHED, onStep });
  await expect(refused).rejects.toThrow(OutOfMemoryError);
  const { cacheBytes, weightsBytes } = pipeline.plan(CACHED);
  await expect(refused).rejects.toThrow(`The cache of bwcache (${cacheBytes} bytes) does not fit.`);
  await expect(refused).rejects.toThrow('policyOptions.every (now 1)');
  spy.mockRestore();
  expect(onStep).not.toHaveBeenCalled();
  expect(pipeline.currentBytes).toBe(weightsBytes);
  const fits = { ...CACHED, policyOptions: { ...CACHED.policyOptions, every: 2 } };
  expect(pipeline.plan(fits).cacheBytes).toBeLessThan(cacheBytes);
});

test.each([
  ['while BWCache measures', 0, {}],
  ['while BWCache reuses', 2, {}],
  ['while the GPU decides', 2, TEACACHE],
])('a device lost %s rejects the run; after a reload it is made as before', async (_, lostAfter, policy) => {
  const options = { ...CACHED, ...policy };
  const before = await made(options);
  const onStep = ({ step }: { step: number }) => {
    if (step === lostAfter) pipeline.device.destroy();
  };
  await expect(pipeline.generate({ ...options, onStep })).rejects.toThrow(DeviceLostError);
  await expect(pipeline.generate(options)).rejects.toThrow('pipeline.reload()');
  await pipeline.reload();
  expect(await made(options)).toEqual(before);
});
