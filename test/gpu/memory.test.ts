import { expect, test } from 'vitest';
import { LimitError, OutOfMemoryError } from '../../src/errors.ts';
import { testGpu } from '../support/kernel-run.ts';

const gpu = await testGpu();
const { memory, device } = gpu;

test('bytes are counted while they are held, and the peak is kept', async () => {
  const before = memory.currentBytes;
  memory.resetPeak();
  const buffers = await memory.allocate([
    { label: 'a', bytes: 1024 },
    { label: 'b', bytes: 4096 },
  ]);
  expect(memory.currentBytes).toBe(before + 5120);
  memory.free(buffers);
  memory.free(buffers);
  expect(memory.currentBytes).toBe(before);
  expect(memory.peakBytes).toBe(before + 5120);
});

test('a buffer beyond the limits is refused before any is made', async () => {
  const before = memory.currentBytes;
  const bytes = device.limits.maxBufferSize + 4;
  const failed = memory.allocate([
    { label: 'small', bytes: 16 },
    { label: 'large', bytes },
  ]);
  await expect(failed).rejects.toThrow(LimitError);
  await expect(failed).rejects.toThrow(`large needs a buffer of ${bytes} bytes`);
  expect(memory.currentBytes).toBe(before);
});

// SwiftShader has no room for a buffer as large as its own limit; a real GPU may well have.
test.runIf(/swiftshader/.test(gpu.adapterName))('a GPU without room leaves nothing behind', async () => {
  const before = memory.currentBytes;
  const bytes = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
  const failed = memory.allocate([
    { label: 'small', bytes: 1024 },
    { label: 'huge', bytes },
  ]);
  await expect(failed).rejects.toThrow(OutOfMemoryError);
  await expect(failed).rejects.toThrow(new RegExp(`no room for ${bytes + 1024} bytes more .*smaller size`));
  expect(memory.currentBytes).toBe(before);
  memory.free(await memory.allocate([{ label: 'after', bytes: 1024 }]));
});
