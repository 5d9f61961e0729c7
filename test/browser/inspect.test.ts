import { expect, test } from 'vitest';
import { inspectModel, loadPipeline, noStore } from '../../src/index.ts';
import { requestTestAdapter } from '../support/gpu.ts';

const LOAD = { manifestUrl: '/weights-manifest.json', store: noStore } as const;

test('says of a model what loading it says, reads no weights, and lets go of the device', async () => {
  const adapter = (await requestTestAdapter()) as GPUAdapter;
  const request = adapter.requestDevice.bind(adapter);
  const devices: GPUDevice[] = [];
  adapter.requestDevice = async (descriptor) => {
    const device = await request(descriptor);
    devices.push(device);
    return device;
  };
  performance.clearResourceTimings();
  const info = await inspectModel('shapes', { ...LOAD, adapter });
  const read = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  expect((await devices[0]?.lost)?.reason).toBe('destroyed');
  expect(devices.length).toBe(1);

  const firstRun = { prompt: '', steps: 1, width: 32, height: 32, frames: 1 };
  const pipeline = await loadPipeline('shapes', { ...LOAD, firstRun });
  expect(pipeline.info).toEqual(info);
  const { weightsBytes } = pipeline.plan({ prompt: '' });
  expect(info.memory).toEqual(pipeline.plan({ prompt: 'a red circle' }));
  expect(pipeline.presets.bwcache).toHaveProperty('balanced.threshold');
  await pipeline.dispose();

  expect(info).toMatchObject({
    id: 'shapes',
    className: 'WanPipeline',
    fits: true,
    tokens: 80,
    defaults: { steps: 30 },
  });
  expect(info.parts.map(({ name, className }) => [name, className])).toEqual([
    ['text_encoder', 'UMT5EncoderModel'],
    ['transformer', 'WanTransformer3DModel'],
    ['vae', 'AutoencoderKLWan'],
  ]);
  expect(info.parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(weightsBytes);
  for (const { parameters } of info.parts) expect(parameters).toBeGreaterThan(100_000);
  const transferred = read.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  expect(read.some(({ name }) => name.endsWith('model_index.json'))).toBe(true);
  expect(transferred).toBeLessThan(weightsBytes / 10);
});

test("a device's limits decide whether it fits", async () => {
  const adapter = (await requestTestAdapter()) as GPUAdapter;
  const device = await adapter.requestDevice();
  const { largestBuffer } = await inspectModel('shapes', { ...LOAD, device });
  expect(largestBuffer.label).toMatch(/\S/);
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  expect(largestBuffer.limit).toBe(Math.min(maxBufferSize, maxStorageBufferBindingSize));
  for (const [spare, fits] of [
    [0, true],
    [-1, false],
  ] as const) {
    const limit = largestBuffer.bytes + spare;
    const value = { maxBufferSize, maxStorageBufferBindingSize: limit };
    Object.defineProperty(device, 'limits', { value, configurable: true });
    const info = await inspectModel('shapes', { ...LOAD, device });
    expect(info).toMatchObject({ fits, largestBuffer: { ...largestBuffer, limit } });
  }
  // A device of the caller's own is never destroyed.
  const wasLost = await Promise.race([device.lost.then(() => true), Promise.resolve(false)]);
  expect(wasLost).toBe(false);
  device.destroy();
});

test("a folder of one's own has no presets, and is called by its name", async () => {
  const index = ['model_index.json', 'transformer/config.json', 'vae/config.json', 'scheduler/scheduler_config.json'];
  const weights = ['transformer', 'vae'].map((part) => `${part}/diffusion_pytorch_model.safetensors`);
  const text = ['text_encoder/config.json', 'text_encoder/model.safetensors'];
  const tokenizer = ['tokenizer/tokenizer.json', 'tokenizer/tokenizer_config.json'];
  const files = await Promise.all(
    [...index, ...weights, ...text, ...tokenizer].map(async (path) => {
      const blob = await (await fetch(`/models/shapes/${path}`)).blob();
      const file = new File([blob], path.slice(path.lastIndexOf('/') + 1));
      return Object.defineProperty(file, 'webkitRelativePath', { value: `my-model/${path}` });
    }),
  );
  const known = await inspectModel('shapes', LOAD);
  const own = await inspectModel(files, LOAD);
  expect(own.id).toBe('my-model');
  expect(own.parts).toEqual(known.parts);
  // Those of the pipeline's class: larger than this model takes.
  expect(own.defaults).toMatchObject({ width: 832, height: 480, frames: 81 });
});
