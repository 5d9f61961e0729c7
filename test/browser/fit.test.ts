import { expect, test } from 'vitest';
import { inspectModel, LimitError, loadPipeline, noStore } from '../../src/index.ts';
import { requestTestAdapter } from '../support/gpu.ts';

const LOAD = { manifestUrl: '/weights-manifest.json', store: noStore } as const;

test('a model whose default run does not fit loads, and runs, in the size that is said to fit', async () => {
  const adapter = (await requestTestAdapter()) as GPUAdapter;
  const device = await adapter.requestDevice();
  const { largestBuffer } = await inspectModel('shapes', { ...LOAD, device });
  const allowed = largestBuffer.bytes - 4;
  const value = { maxBufferSize: allowed, maxStorageBufferBindingSize: allowed };
  Object.defineProperty(device, 'limits', { value, configurable: true });
  const { fitting } = await inspectModel('shapes', { ...LOAD, device });
  const said = `${largestBuffer.label} needs a buffer of ${largestBuffer.bytes} bytes`;

  const begun = performance.now();
  const refused = loadPipeline('shapes', { ...LOAD, device });
  await expect(refused).rejects.toThrow(LimitError);
  await expect(refused).rejects.toThrow(said);
  const read = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  // By their start: a busy browser lists what was read before only now.
  const weights = read.filter(({ name, startTime }) => startTime >= begun && name.endsWith('.safetensors'));
  expect(weights.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)).toBeLessThan(100_000);

  if (!fitting) throw new Error('no size fits');
  const pipeline = await loadPipeline('shapes', { ...LOAD, device, firstRun: fitting });
  const tooLarge = pipeline.generate({ prompt: 'a red circle', steps: 1 });
  await expect(tooLarge).rejects.toThrow(`${said} for 17 frames of 128 x 128`);
  await expect(tooLarge).rejects.toThrow(
    `Use a smaller size: { width: ${fitting.width}, height: ${fitting.height}, frames: ${fitting.frames} } fits.`,
  );
  const clip = await pipeline.generate({ prompt: 'a red circle', steps: 1, ...fitting });
  expect(clip.report).toMatchObject(fitting);
  clip.dispose();
  await pipeline.dispose();
  device.destroy();
});
