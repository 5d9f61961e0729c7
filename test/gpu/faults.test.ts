import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { DeviceLostError, KernelError, StillframeError } from '../../src/errors.ts';
import { DeviceFaults } from '../../src/gpu/faults.ts';
import { Gpu } from '../../src/gpu/gpu.ts';
import { Program } from '../../src/gpu/program.ts';
import { Recorder } from '../../src/gpu/recorder.ts';
import type { Tensor } from '../../src/gpu/tensor.ts';
import { downloadF32 } from '../../src/gpu/transfer.ts';
import { assign } from '../../src/ops/assign.ts';
import { requestTestAdapter } from '../support/gpu.ts';

const adapter = async () => (await requestTestAdapter()) as GPUAdapter;

/** A program of one dispatch, `out = x`. */
async function makeProgram(gpu: Gpu) {
  const recorder = new Recorder('doubtful');
  const [x, out] = [recorder.persistent('x', [64]), recorder.persistent('out', [64])];
  const { capabilities } = gpu;
  recorder.section('copy', () => assign({ recorder, capabilities, operands: 'f32' }, { x, out }));
  return { program: await Program.create(gpu, recorder.finish()), x, out };
}

/** Makes what reads a tensor a command that WebGPU refuses. */
const spoil = (tensor: Tensor) => tensor.buffer.destroy();

describe.each([
  ['on a device of its own', false],
  ["on a caller's device", true],
])('a command that does not validate, %s', (_, isCallers) => {
  let device: GPUDevice | undefined;
  let gpu: Gpu;
  beforeAll(async () => {
    if (isCallers) device = await (await adapter()).requestDevice();
    gpu = await Gpu.request(device ? { device } : { adapter: await adapter() });
  });
  afterAll(() => {
    gpu.dispose();
    device?.destroy();
  });

  test('rejects what is awaited next, once, with the label and the words of the browser', async () => {
    const { program, x, out } = await makeProgram(gpu);
    spoil(x);
    await program.run('copy');
    const failed = downloadF32(gpu, out);
    await expect(failed).rejects.toThrow(KernelError);
    await expect(failed).rejects.toThrow(/doubtful.*x.*destroyed|destroyed.*x.*doubtful/s);
    await expect(failed).rejects.toThrow(isCallers ? /Other code on your device/ : /Please report it/);
    expect((await downloadF32(gpu, out)).length).toBe(64);
    program.dispose();
  });

  test('rejects the next call where nothing was awaited', async () => {
    const { program, x } = await makeProgram(gpu);
    spoil(x);
    await program.run('copy');
    await vi.waitFor(() => expect(() => gpu.throwIfFaulty()).toThrow(KernelError));
    expect(() => gpu.throwIfFaulty()).not.toThrow();
    await program.run();
    program.dispose();
  });
});

test('in debug the submission and its kernels are named', async () => {
  const gpu = await Gpu.request({ adapter: await adapter(), debug: true });
  onTestFinished(() => gpu.dispose());
  const { program, x, out } = await makeProgram(gpu);
  spoil(x);
  await program.run('copy');
  await expect(downloadF32(gpu, out)).rejects.toThrow(/The GPU refused submission doubtful \(assign\): .*destroyed/s);
  program.dispose();
});

test('in debug a binding that does not validate is named', async () => {
  const gpu = await Gpu.request({ adapter: await adapter(), debug: true });
  onTestFinished(() => gpu.dispose());
  const recorder = new Recorder('bound');
  const [x, out] = [recorder.persistent('x', [64]), recorder.persistent('out', [64])];
  const { capabilities } = gpu;
  recorder.section('copy', () => assign({ recorder, capabilities, operands: 'f32' }, { x, out }));
  const recording = recorder.finish();
  const { allocate } = gpu.memory;
  // Buffers that are no storage.
  vi.spyOn(gpu.memory, 'allocate').mockImplementationOnce((requests) =>
    allocate.call(gpu.memory, [...requests.map((request) => ({ ...request, usage: request.usage ?? 0x8 }))]),
  );
  await Program.create(gpu, recording);
  await expect(gpu.idle()).rejects.toThrow(/The GPU refused a binding of assign: /);
});

test("a caller's listeners hear of everything, and ours is gone with the pipeline", async () => {
  const device = await (await adapter()).requestDevice();
  const [before, handler] = [vi.fn(), vi.fn()];
  device.addEventListener('uncapturederror', before);
  device.onuncapturederror = handler;
  const gpu = await Gpu.request({ device });
  const { program, x, out } = await makeProgram(gpu);
  spoil(x);
  await program.run('copy');
  await expect(downloadF32(gpu, out)).rejects.toThrow(KernelError);
  expect(before).toHaveBeenCalledTimes(1);
  expect(handler).toHaveBeenCalledTimes(1);
  expect(device.onuncapturederror).toBe(handler);
  gpu.dispose();
  const refuse = vi.spyOn(DeviceFaults.prototype, 'refuse');
  device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
  await device.queue.onSubmittedWorkDone();
  await vi.waitFor(() => expect(before).toHaveBeenCalledTimes(2));
  expect(refuse).not.toHaveBeenCalled();
  refuse.mockRestore();
  device.destroy();
});

test('a loss counts more than what was refused before it, and an end more than a loss', async () => {
  const gpu = await Gpu.request({ adapter: await adapter() });
  const { program, x, out } = await makeProgram(gpu);
  spoil(x);
  await program.run('copy');
  gpu.device.destroy();
  await gpu.device.lost;
  await expect(downloadF32(gpu, out)).rejects.toThrow(DeviceLostError);
  expect(gpu.isLost).toBe(true);
  gpu.end(new StillframeError('Over.', 'Begin again.'));
  await expect(downloadF32(gpu, out)).rejects.toThrow('Over.');
  expect(() => gpu.submit('late', [])).toThrow('Over.');
  gpu.dispose();
});

test('an adapter that has made its device is named', async () => {
  const spent = await adapter();
  const first = await Gpu.request({ adapter: spent });
  onTestFinished(() => first.dispose());
  await expect(Gpu.request({ adapter: spent })).rejects.toThrow(/gives no device: .*An adapter makes one device/);
});
