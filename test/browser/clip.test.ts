import { ALL_FORMATS, BlobSource, Input, VideoSampleSink } from 'mediabunny';
import { describe, expect, onTestFinished, test } from 'vitest';
import { OptionError, StillframeError, VideoEncoderError } from '../../src/errors.ts';
import type { Gpu } from '../../src/gpu/gpu.ts';
import { Tensor } from '../../src/gpu/tensor.ts';
import { upload } from '../../src/gpu/transfer.ts';
import type { Report } from '../../src/report.ts';
import { Clip } from '../../src/video/clip.ts';
import { testGpu } from '../support/kernel-run.ts';
import { whenMapped } from '../support/when-mapped.ts';

interface Sizes {
  width: number;
  height: number;
  frameCount: number;
  fps: number;
  /** Pixels from row to row; the width unless told. */
  rowStride?: number;
}

/** A clip with known pixels: smooth, so that video encoders can keep them, and different in every frame. */
async function makeClip({ width, height, frameCount, fps, rowStride = width }: Sizes) {
  const gpu = await testGpu();
  const pixels = new Tensor('test/pixels', 'u32', [frameCount, height, rowStride]);
  const [buffer] = await gpu.memory.allocate([{ label: pixels.label, bytes: pixels.bytes }]);
  pixels.bind(buffer);
  const padded = new Uint8Array(pixels.bytes).fill(77);
  const rgba = new Uint8Array(4 * frameCount * height * width);
  for (let i = 0; i < frameCount * height * width; i++) {
    const [x, y, frame] = [i % width, Math.floor(i / width) % height, Math.floor(i / width / height)];
    const pixel = [(255 * x) / width, (255 * y) / height, (255 * frame) / frameCount, 255];
    rgba.set(pixel, 4 * i);
    padded.set(pixel, 4 * (Math.floor(i / width) * rowStride + x));
  }
  upload(gpu, pixels, padded);
  const clip = new Clip({
    ...{ gpu, pixels, width, height, frameCount, fps },
    report: {} as Report,
    release: () => {
      gpu.memory.free(buffer ? [buffer] : []);
      pixels.bind(undefined);
    },
  });
  onTestFinished(() => clip.dispose());
  const frameBytes = (frame: number) => rgba.subarray(4 * frame * height * width, 4 * (frame + 1) * height * width);
  return { gpu, clip, rgba, frameBytes };
}

async function bytesOf(picture: VideoFrame | ImageBitmap): Promise<Uint8Array> {
  if (picture instanceof VideoFrame) {
    const bytes = new Uint8Array(picture.allocationSize({ format: 'RGBA' }));
    await picture.copyTo(bytes, { format: 'RGBA' });
    return bytes;
  }
  const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
  context?.drawImage(picture, 0, 0);
  return new Uint8Array(context?.getImageData(0, 0, picture.width, picture.height).data.buffer as ArrayBuffer);
}

/** How many bytes are not equal: `toEqual` takes seconds for a clip. */
function different(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((count, value, i) => count + (value === b[i] ? 0 : 1), Math.abs(a.length - b.length));
}

/** Decibels, over red, green and blue. */
function psnr(a: Uint8Array, b: Uint8Array): number {
  const color = a.map((value, i) => (i % 4 === 3 ? 0 : Math.abs(value - (b[i] as number))));
  const error = color.reduce((sum, difference) => sum + difference * difference, 0);
  return 10 * Math.log10((255 * 255 * 0.75 * a.length) / error);
}

const SIZES: Sizes[] = [
  { width: 128, height: 128, frameCount: 5, fps: 8 },
  { width: 32, height: 48, frameCount: 9, fps: 16 },
  { width: 16, height: 16, frameCount: 1, fps: 24 },
  { width: 48, height: 16, frameCount: 5, fps: 23.976, rowStride: 64 },
];

describe.each(SIZES)('a clip of $frameCount frames of $width x $height, $fps a second', (sizes) => {
  test('gives its frames, timed, pixel for pixel', async () => {
    const { clip, frameBytes } = await makeClip(sizes);
    expect(clip.fps).toBe(sizes.fps);
    const start = (frame: number) => Math.round((frame * 1e6) / sizes.fps);
    let count = 0;
    for await (const frame of clip.frames()) {
      if (!(frame instanceof VideoFrame)) throw new Error('no VideoFrame');
      const duration = start(count + 1) - start(count);
      expect(frame).toMatchObject({ displayWidth: sizes.width, timestamp: start(count), duration });
      expect(different(await bytesOf(frame), frameBytes(count++))).toBe(0);
      frame.close();
    }
    expect(count).toBe(sizes.frameCount);
  });

  test('gives all bytes at once', async () => {
    const { clip, rgba } = await makeClip(sizes);
    expect(different(await clip.rgba(), rgba)).toBe(0);
  });

  test('gives a frame as a texture', async () => {
    const { gpu, clip, frameBytes } = await makeClip(sizes);
    const last = sizes.frameCount - 1;
    const texture = clip.texture(last);
    const bytesPerRow = 256 * Math.ceil(sizes.width / 64);
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const staging = gpu.device.createBuffer({ size: bytesPerRow * sizes.height, usage });
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyTextureToBuffer({ texture }, { buffer: staging, bytesPerRow }, [sizes.width, sizes.height]);
    gpu.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const rows = new Uint8Array(staging.getMappedRange());
    const packed = Array.from({ length: sizes.height }, (_, row) => {
      return [...rows.subarray(row * bytesPerRow, row * bytesPerRow + 4 * sizes.width)];
    });
    expect(Uint8Array.from(packed.flat())).toEqual(frameBytes(last));
    staging.destroy();
    texture.destroy();
  });

  test('becomes a file that decodes to the same pictures', async () => {
    const { clip, frameBytes } = await makeClip(sizes);
    const loaded: number[] = [];
    const blob = await clip.toBlob({ onProgress: (progress) => loaded.push(progress.loaded) });
    expect(loaded.at(-1)).toBe(sizes.frameCount);
    const { codec, frames, duration } = await decode(blob);
    console.info(`${sizes.width} x ${sizes.height}: ${blob.type} ${codec}, ${blob.size} bytes`);
    expect(frames.length).toBe(sizes.frameCount);
    expect(duration).toBeCloseTo(sizes.frameCount / sizes.fps, 2);
    for (const [i, frame] of frames.entries()) {
      expect(frame.length).toBe(4 * sizes.width * sizes.height);
      expect(psnr(frame, frameBytes(i)), `frame ${i}`).toBeGreaterThan(30);
    }
  });
});

async function decode(blob: Blob) {
  const input = new Input({ formats: ALL_FORMATS, source: new BlobSource(blob) });
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new Error('no video track');
  const frames: Uint8Array[] = [];
  for await (const sample of new VideoSampleSink(track).samples()) {
    const frame = sample.toVideoFrame();
    frames.push(await bytesOf(frame));
    frame.close();
    sample.close();
  }
  return { codec: track.codec, frames, duration: await input.computeDuration() };
}

const small: Sizes = { width: 32, height: 32, frameCount: 5, fps: 8 };

test.each(['video/mp4', 'video/webm'] as const)('%s on request, or an error that says what was tried', async (type) => {
  const { clip } = await makeClip(small);
  const result = await clip.toBlob({ type, bitrate: 100_000 }).catch((error) => error);
  if (result instanceof VideoEncoderError) expect(result.message).toContain(`in ${type}: no encoder`);
  else {
    expect(result.type).toBe(type);
    expect((await decode(result)).frames.length).toBe(5);
  }
});

test('without WebCodecs frames are bitmaps, and encoding fails with all that was tried', async () => {
  const { clip, frameBytes } = await makeClip({ ...small, height: 80 });
  const { VideoFrame: frame, VideoEncoder: encoder } = globalThis;
  onTestFinished(() => void Object.assign(globalThis, { VideoFrame: frame, VideoEncoder: encoder }));
  Object.assign(globalThis, { VideoEncoder: undefined });
  await expect(clip.toBlob()).rejects.toThrow(/32 x 80 video \(avc in video\/mp4: .*vp8 in video\/webm: /);
  Object.assign(globalThis, { VideoFrame: undefined });
  const first = (await clip.frames().next()).value as ImageBitmap;
  Object.assign(globalThis, { VideoFrame: frame });
  expect(first).toBeInstanceOf(ImageBitmap);
  expect(await bytesOf(first)).toEqual(frameBytes(0));
});

test('encoding can be stopped', async () => {
  const { clip } = await makeClip(small);
  const stop = new AbortController();
  const onProgress = () => stop.abort();
  await expect(clip.toBlob({ signal: stop.signal, onProgress })).rejects.toThrow(/abort/);
  await expect(clip.toBlob({ signal: stop.signal })).rejects.toThrow(/abort/);
  expect((await clip.toBlob()).size).toBeGreaterThan(100);
});

test.each<[string, (clip: Clip, other: Clip, signal: AbortSignal) => Promise<unknown>]>([
  ['rgba', (clip, _, signal) => clip.rgba({ signal })],
  ['frames', (clip, _, signal) => clip.frames({ signal }).next()],
  ['compare', (clip, other, signal) => clip.compare(other, { signal })],
  ['toBlob', (clip, _, signal) => clip.toBlob({ signal })],
])('%s can be stopped before and while it waits for the GPU, at once, and leaves nothing', async (_, read) => {
  const [{ gpu, clip, rgba }, { clip: other }] = [await makeClip(small), await makeClip(small)];
  // Kernels of the comparison, the encoder's code and the staging buffer are there before it counts.
  await clip.compare(other);
  await clip.toBlob();
  const { currentBytes } = gpu.memory;
  const reason = new Error('enough');
  await expect(read(clip, other, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(gpu.memory.currentBytes).toBe(currentBytes);
  const stop = new AbortController();
  const busy = keepBusy(gpu);
  const waiting = whenMapped();
  const reading = read(clip, other, stop.signal);
  void waiting.then(() => stop.abort(reason));
  await expect(reading).rejects.toBe(reason);
  expect(busy.isDone(), 'the GPU was done before the abort was heard').toBe(false);
  await gpu.idle();
  expect(gpu.memory.currentBytes).toBe(currentBytes);
  expect(different(await clip.rgba(), rgba)).toBe(0);
});

/** Gives the GPU work for two seconds or so, in front of whatever comes next. */
function keepBusy({ device }: Gpu): { isDone(): boolean } {
  const code = `
    @group(0) @binding(0) var<storage, read_write> out: array<f32>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
      var x = f32(id.x);
      for (var i = 0; i < 20000; i++) { x = fract(x * 1.37 + 0.1); }
      out[id.x % 64] = x;
    }`;
  const module = device.createShaderModule({ code });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
  const buffer = device.createBuffer({ size: 256, usage: GPUBufferUsage.STORAGE });
  const layout = pipeline.getBindGroupLayout(0);
  const bindGroup = device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer } }] });
  for (let i = 0; i < 8; i++) {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(256);
    pass.end();
    device.queue.submit([encoder.finish()]);
  }
  let isDone = false;
  void device.queue.onSubmittedWorkDone().then(() => {
    isDone = true;
    buffer.destroy();
  });
  return { isDone: () => isDone };
}

test('frames that are half read can be stopped, and what was read stays', async () => {
  const { clip, frameBytes } = await makeClip(small);
  const stop = new AbortController();
  const frames = clip.frames({ signal: stop.signal });
  const first = (await frames.next()).value as VideoFrame;
  stop.abort(new Error('enough'));
  await expect(frames.next()).rejects.toThrow('enough');
  expect(different(await bytesOf(first), frameBytes(0))).toBe(0);
  first.close();
});

test('bad options are named', async () => {
  const { clip } = await makeClip(small);
  expect(() => clip.texture(5)).toThrow(OptionError);
  expect(() => clip.texture(0.5)).toThrow(/0 to 4/);
  await expect(clip.toBlob({ bitrate: -1 })).rejects.toThrow(/bitrate is -1/);
  await expect(clip.toBlob({ type: 'image/gif' as 'video/mp4' })).rejects.toThrow(/image\/gif/);
});

test('reading frames side by side gives each reader all of them', async () => {
  const { clip, rgba } = await makeClip(small);
  const [one, two] = await Promise.all([clip.rgba(), clip.rgba()]);
  expect([one, two]).toEqual([rgba, rgba]);
});

test('dispose frees everything, at any time, and use after it says so', async () => {
  const { currentBytes } = (await testGpu()).memory;
  const { gpu, clip } = await makeClip(small);
  const frames = clip.frames();
  ((await frames.next()).value as VideoFrame).close();
  const reading = frames.next();
  const encoding = clip.toBlob();
  clip.dispose();
  clip.dispose();
  await expect(reading).rejects.toThrow(StillframeError);
  await expect(encoding).rejects.toThrow(/disposed of/);
  expect(gpu.memory.currentBytes).toBe(currentBytes);
  await expect(clip.rgba()).rejects.toThrow(/disposed of/);
  expect(() => clip.texture(0)).toThrow(/disposed of/);
});

test('a clip is compared with another, while neither is disposed of', async () => {
  const size = { width: 48, height: 16, frameCount: 5, fps: 8 };
  const [{ clip }, { clip: same }] = [await makeClip(size), await makeClip({ ...size, rowStride: 64 })];
  const { clip: longer } = await makeClip({ ...size, frameCount: 9 });
  expect(await clip.compare(same)).toMatchObject({ psnr: 99, ssim: expect.closeTo(1, 6) });
  await expect(clip.compare(longer)).rejects.toThrow(OptionError);
  same.dispose();
  await expect(clip.compare(same)).rejects.toThrow(StillframeError);
  await expect(same.compare(clip)).rejects.toThrow(/disposed of/);
});
