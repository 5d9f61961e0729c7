import { expect, test } from 'vitest';
import { fromFloats, toFloats, toRgba } from '../../src/ops/pixels.ts';
import { KernelRun, Random, testGpu } from '../support/kernel-run.ts';

/** A tensor for packed pixels, called f32 so that its bits come back unchanged: `KernelRun` makes numbers of u32. */
function bytesOutput(run: KernelRun, shape: readonly number[]) {
  return run.output(shape, 'f32');
}

function bytes(values: Float32Array = new Float32Array()): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** [T, 3, H, W] laid out channel-last in patches, by the steps of diffusers' `patchify` (autoencoder_kl_wan.py). */
function patched(values: Float32Array, [T, H, W]: readonly number[], patch: number, stride: number): Float32Array {
  const [frames, height, width] = [T as number, H as number, W as number];
  const out = new Float32Array((frames * height * width * stride) / patch ** 2);
  for (let t = 0; t < frames; t++) {
    for (let c = 0; c < 3; c++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const pixel = (t * (height / patch) + Math.floor(y / patch)) * (width / patch) + Math.floor(x / patch);
          const channel = c * patch * patch + (x % patch) * patch + (y % patch);
          out[pixel * stride + channel] = values[((t * 3 + c) * height + y) * width + x] as number;
        }
      }
    }
  }
  return out;
}

test.each([
  [1, 1, 1, 1],
  [3, 5, 7, 1],
  [2, 6, 10, 2],
  [1, 9, 3, 3],
])('%i frames of %i x %i pixels in patches of %i', async (T, H, W, patch) => {
  const gpu = await testGpu();
  const stride = Math.ceil((3 * patch * patch) / 4) * 4;
  const values = new Random(T).values(T * 3 * H * W, 1.2);
  const laidOut = patched(values, [T, H, W], patch, stride);

  const into = new KernelRun(gpu);
  const pictures = into.input([T, 3, H, W], values);
  const encoded = into.output([T, H / patch, W / patch, stride]);
  const [got] = await into.run(() => fromFloats(into.context, { x: pictures, out: encoded, patch }), encoded);
  expect(got).toEqual(laidOut);

  const back = new KernelRun(gpu);
  const x = back.input([T, H / patch, W / patch, stride], laidOut);
  const floats = back.output([T, 3, H, W]);
  const rgba = bytesOutput(back, [T, H, W]);
  const record = () => {
    toFloats(back.context, { x, out: floats, patch });
    toRgba(back.context, { x, out: rgba, patch });
  };
  const [gotFloats, gotRgba] = await back.run(record, floats, rgba);
  expect(gotFloats).toEqual(values.map((value) => Math.min(1, Math.max(-1, value))));
  for (const [i, byte] of bytes(gotRgba).entries()) {
    const pixel = Math.floor(i / 4);
    const at = (Math.floor(pixel / (H * W)) * 3 + (i % 4)) * H * W + (pixel % (H * W));
    const exact = i % 4 === 3 ? 255 : Math.min(1, Math.max(0, (values[at] as number) / 2 + 0.5)) * 255;
    expect(Math.abs(byte - exact)).toBeLessThanOrEqual(0.51);
  }
});

test('pictures of another size are refused', async () => {
  const run = new KernelRun(await testGpu());
  const [x, out] = [run.output([1, 2, 2, 4]), run.output([1, 4, 4], 'u32')];
  expect(() => toRgba(run.context, { x, out })).toThrow(/patches of 1/);
});
