import { describe, expect, it } from 'vitest';
import { LimitError, UnsupportedModelError } from '../../../src/errors.ts';
import { Gpu } from '../../../src/gpu/gpu.ts';
import {
  inspectModel,
  type LoadOptions,
  loadPipeline,
  noStore,
  OptionError,
  type WeightSource,
} from '../../../src/index.ts';
import type { ConfigJson } from '../../../src/models/config.ts';
import { calibrate } from '../../../src/pipeline/calibrate.ts';
import { checkFit, type Demand, fittingSize } from '../../../src/pipeline/fit.ts';
import { openFamily } from '../../../src/pipeline/wan.ts';
import { readJson } from '../../../src/weights/source.ts';
import { type FakeLimits, fakeDevice } from '../../support/fake-device.ts';
import { wanLayoutSource } from '../../support/wan-layout.ts';

const GIB = 2 ** 30;
const limits = (bytes: number): FakeLimits => ({ maxBufferSize: bytes, maxStorageBufferBindingSize: bytes });

/** Loads up to the first byte of a weight, which it tells as 'reads weights'. */
async function load(
  source: WeightSource & { weightBytesRead: number },
  allowed: FakeLimits,
  options: LoadOptions = {},
) {
  const begun = new AbortController();
  const device = fakeDevice(allowed);
  // Weights get their buffers right before they are read.
  Object.assign(device, {
    pushErrorScope() {
      begun.abort(new Error('reads weights'));
    },
    createBuffer: () => ({ destroy() {} }),
    popErrorScope: async () => null,
  });
  await loadPipeline(source, { ...options, device, store: noStore, signal: begun.signal });
}

/** The largest buffer of a run with the defaults. */
async function largestBuffer(source: WeightSource) {
  return (await inspectModel(source, { device: fakeDevice(limits(8 * GIB)), store: noStore })).largestBuffer;
}

describe('Wan 1.3B at 832 x 480 x 81', () => {
  it('is refused before a weight is read, with the buffer, its bytes, the limit, and a size that loads', async () => {
    const source = await wanLayoutSource();
    const { label, bytes } = await largestBuffer(source);
    const failure = await load(source, limits(bytes - 4)).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(LimitError);
    expect(failure?.message).toMatch(
      `${label} needs a buffer of ${bytes} bytes for 81 frames of 832 x 480; this device allows ${bytes - 4}.`,
    );
    const told = /firstRun: \{ width: (\d+), height: (\d+), frames: (\d+) \} fits\.$/.exec(failure?.message ?? '');
    const [width = 0, height = 0, frames = 0] = (told ?? []).slice(1).map(Number);
    await expect(load(source, limits(bytes - 4), { firstRun: { width, height, frames } })).rejects.toThrow(
      'reads weights',
    );
    expect(source.weightBytesRead).toBe(0);
  });

  it('loads where the device allows it', async () => {
    const source = await wanLayoutSource();
    const { bytes } = await largestBuffer(source);
    await expect(load(source, limits(bytes))).rejects.toThrow('reads weights');
  });

  it('is held to what is bound, too, not to what may be made alone', async () => {
    const source = await wanLayoutSource();
    const { bytes } = await largestBuffer(source);
    const loading = load(source, { maxBufferSize: 4 * GIB, maxStorageBufferBindingSize: bytes - 4 });
    await expect(loading).rejects.toThrow(`this device allows ${bytes - 4}`);
    expect(source.weightBytesRead).toBe(0);
  });

  it('gets a smaller picture where few of its frames would fit', async () => {
    const source = await wanLayoutSource();
    const device = fakeDevice(limits(2 ** 27));
    const { fits, fitting, defaults } = await inspectModel(source, { device, store: noStore });
    expect(fits).toBe(false);
    expect(fitting?.width).toBeLessThan(832);
    expect(fitting?.frames).toBeGreaterThanOrEqual(41);
    expect(defaults).toMatchObject({ width: 832, height: 480, frames: 81 });
    await expect(load(source, limits(2 ** 27), { ...(fitting && { firstRun: fitting }) })).rejects.toThrow(
      'reads weights',
    );
    await expect(load(source, limits(2 ** 27))).rejects.toThrow(
      `firstRun: { width: ${fitting?.width}, height: ${fitting?.height}, frames: ${fitting?.frames} } fits.`,
    );
    expect(source.weightBytesRead).toBe(0);
  });

  it('is refused before a weight is read where it is calibrated, too', async () => {
    const source = await wanLayoutSource();
    const gpu = await Gpu.request({ device: fakeDevice(limits(2 ** 27)) });
    const index = (await readJson(source, 'model_index.json')) as ConfigJson;
    const open = { precision: 'stored', capabilities: gpu.capabilities } as const;
    const family = await openFamily({ source }, index, open);
    const run = { width: 832, height: 480, frames: 81 };
    const calibrating = calibrate(gpu, family, {
      model: 'wan',
      prompts: ['a'],
      policy: 'smoothcache',
      distances: 1,
      run,
      operands: 'f32',
    });
    await expect(calibrating).rejects.toThrow(LimitError);
    await expect(calibrating).rejects.toThrow(
      /81 frames of 832 x 480; .* Calibrate in a smaller size: \{ width: \d+, .*\} fits\./,
    );
    expect(source.weightBytesRead).toBe(0);
  });

  it('is refused for weights that are too large, whatever the size', async () => {
    const source = await wanLayoutSource();
    // Less than any device allows: weights are split to fit all of them.
    await expect(load(source, limits(2 ** 24), { firstRun: { width: 64, height: 64, frames: 1 } })).rejects.toThrow(
      /^\S+\.weight needs a buffer of \d+ bytes; this device allows 16777216\. Use a GPU with larger buffers/,
    );
    expect(source.weightBytesRead).toBe(0);
    expect(await inspectModel(source, { device: fakeDevice(limits(2 ** 24)), store: noStore })).not.toHaveProperty(
      'fitting',
    );
  });

  it('has its first run checked before, too', async () => {
    const source = await wanLayoutSource();
    await expect(load(source, limits(GIB), { firstRun: { width: 833 } })).rejects.toThrow(OptionError);
    expect(source.weightBytesRead).toBe(0);
  });

  it.each(['text_encoder', 'transformer', 'vae'])('in fp8 of %s is refused before a weight is read', async (part) => {
    const source = await wanLayoutSource({ [part]: 'F8_E8M0' });
    const loading = load(source, limits(4 * GIB));
    await expect(loading).rejects.toThrow(UnsupportedModelError);
    await expect(loading).rejects.toThrow(
      new RegExp(`wan-1\\.3b: ${part}: \\S+ in ${part}/\\S+\\.safetensors is F8_E8M0`),
    );
    expect(source.weightBytesRead).toBe(0);
  });
});

describe('fittingSize', () => {
  const gpu = { device: fakeDevice(limits(1000)) };
  const demand = (size: Demand['size'], bytes: (size: Demand['size']) => number): Demand => {
    const at = (other: Demand['size']) => [{ label: 'run', bytes: bytes(other) }];
    return { weights: [], run: at(size), size, rules: { pixels: 8, frames: 4 }, at };
  };

  it('keeps the picture for half of the frames or more, and then has the most frames', () => {
    const size = { width: 64, height: 48, frames: 81 };
    const perFrame = ({ width, height, frames }: typeof size) => (width * height * frames) / 192;
    expect(fittingSize(gpu, demand(size, perFrame))).toEqual({ width: 64, height: 48, frames: 61 });
    expect(
      fittingSize(
        gpu,
        demand(size, (other) => 2 * perFrame(other)),
      ),
    ).toEqual({ width: 48, height: 32, frames: 61 });
  });

  it('keeps the frames where they do not count', () => {
    const size = { width: 64, height: 64, frames: 17 };
    expect(
      fittingSize(
        gpu,
        demand(size, ({ width }) => width * 20),
      ),
    ).toEqual({ width: 48, height: 48, frames: 17 });
    expect(
      fittingSize(
        gpu,
        demand({ ...size, frames: 1 }, ({ width }) => width * 40),
      )?.width,
    ).toBe(24);
  });

  it('is none where nothing fits, which is said', () => {
    const nothing = demand({ width: 64, height: 64, frames: 17 }, () => 1001);
    expect(fittingSize(gpu, nothing)).toBeUndefined();
    expect(() => checkFit(gpu, nothing, () => 'never')).toThrow(
      'run needs a buffer of 1001 bytes for 17 frames of 64 x 64; this device allows 1000. Use a GPU with larger buffers.',
    );
  });
});
