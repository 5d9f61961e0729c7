import { type ClipPixels, rowBytes } from './reader.ts';

/** A frame's pixels, tightly packed: 4 bytes a pixel, row by row. */
export function packRows(
  clip: Pick<ClipPixels, 'pixels' | 'width' | 'height'>,
  rows: ArrayBuffer,
): Uint8Array<ArrayBuffer> {
  const [stride, bytes] = [rowBytes(clip), 4 * clip.width];
  const packed = new Uint8Array(clip.height * bytes);
  for (let row = 0; row < clip.height; row++) packed.set(new Uint8Array(rows, row * stride, bytes), row * bytes);
  return packed;
}

/**
 * A frame for WebCodecs, with its time in microseconds; the caller closes it. It is made of bytes, which
 * are exact, and not of a WebGPU canvas, which would save a copy: see docs/decisions.md.
 */
export function toVideoFrame(clip: ClipPixels, rows: ArrayBuffer, frame: number, fps: number): VideoFrame {
  const start = Math.round((frame * 1e6) / fps);
  return new VideoFrame(rows, {
    // Alpha is always 1: told so, encoders need not look for it.
    format: 'RGBX',
    codedWidth: clip.width,
    codedHeight: clip.height,
    layout: [{ offset: 0, stride: rowBytes(clip) }],
    timestamp: start,
    duration: Math.round(((frame + 1) * 1e6) / fps) - start,
  });
}

/** A frame for browsers without WebCodecs; the caller closes it. */
export function toImageBitmap(clip: ClipPixels, rows: ArrayBuffer): Promise<ImageBitmap> {
  const pixels = new Uint8ClampedArray(packRows(clip, rows).buffer);
  return createImageBitmap(new ImageData(pixels, clip.width, clip.height));
}

/**
 * Copies a frame to a texture of its own, which the caller destroys.
 *
 * @returns An rgba8unorm texture that can be sampled, copied and drawn to.
 */
export function toTexture(clip: ClipPixels, frame: number): GPUTexture {
  const { device } = clip.gpu;
  const { width, height } = clip;
  const texture = device.createTexture({
    label: `clip/frame ${frame}`,
    size: [width, height],
    format: 'rgba8unorm',
    usage: 0x1 | 0x2 | 0x4 | 0x10, // GPUTextureUsage.COPY_SRC | COPY_DST | TEXTURE_BINDING | RENDER_ATTACHMENT
  });
  const bytesPerRow = rowBytes(clip);
  // WebGPU copies several rows at once only where they begin at multiples of 256 bytes.
  const rows = bytesPerRow % 256 === 0 ? height : 1;
  const encoder = device.createCommandEncoder({ label: texture.label });
  for (let row = 0; row < height; row += rows) {
    const source = { buffer: clip.pixels.buffer, offset: (frame * height + row) * bytesPerRow };
    const layout = rows > 1 ? { ...source, bytesPerRow } : source;
    encoder.copyBufferToTexture(layout, { texture, origin: [0, row] }, [width, rows]);
  }
  device.queue.submit([encoder.finish()]);
  return texture;
}
