import { afterEach, expect, test, vi } from 'vitest';
import { PipelineEngine } from '../../demo/engine/engine.ts';
import { inspectModel, LimitError, noStore } from '../../src/index.ts';
import { requestTestAdapter } from '../support/gpu.ts';

afterEach(() => vi.restoreAllMocks());

/** Gives all who ask an adapter whose devices allow buffers of so many bytes. */
async function allow(bytes: number): Promise<void> {
  const request = navigator.gpu.requestAdapter.bind(navigator.gpu);
  vi.spyOn(navigator.gpu, 'requestAdapter').mockImplementation(async (options) => {
    const adapter = (await request(options)) as GPUAdapter;
    const requestDevice = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = async (descriptor) => {
      const device = await requestDevice(descriptor);
      const value = { maxBufferSize: bytes, maxStorageBufferBindingSize: bytes };
      return Object.defineProperty(device, 'limits', { value, configurable: true });
    };
    return adapter;
  });
}

test('the page takes a model whose default clip is too large for the GPU, at a size that fits', async () => {
  const where = { manifestUrl: '/weights-manifest.json', store: noStore } as const;
  const adapter = (await requestTestAdapter()) as GPUAdapter;
  const { largestBuffer } = await inspectModel('shapes', { ...where, adapter });
  await allow(largestBuffer.bytes - 4);
  const engine = new PipelineEngine();
  await engine.begin(new URL('/', location.href).href, 0);
  const { info } = await engine.load('shapes', () => {});
  if (!info.fitting) throw new Error('no size fits');
  const request = { prompt: 'a red circle', seed: 1, steps: 1 };
  await expect(engine.generate(request, () => {})).rejects.toThrow(LimitError);
  const { report } = await engine.generate({ ...request, ...info.fitting }, () => {});
  expect(report).toMatchObject(info.fitting);
});
