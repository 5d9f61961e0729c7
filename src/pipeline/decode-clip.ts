import { Tensor } from '../gpu/tensor.ts';
import { rowStride } from './decoding.ts';
import type { PhaseContext } from './denoise.ts';
import type { RunSettings } from './options.ts';

/** Decodes chunk by chunk into memory of the clip's own, which `release` frees. */
export async function decodeClip(
  context: PhaseContext,
  { frames, height, width }: Pick<RunSettings, 'frames' | 'height' | 'width'>,
): Promise<{ readonly pixels: Tensor; readonly release: () => void }> {
  const { gpu } = context;
  const pixels = new Tensor('clip', 'u32', [frames, height, rowStride(width)]);
  const buffers = await gpu.memory.allocate([{ label: 'clip', bytes: pixels.bytes }]);
  const release = () => gpu.memory.free(buffers);
  pixels.bind(buffers[0]);
  try {
    await decode(context, pixels);
    return { pixels, release };
  } catch (error) {
    // What was submitted may still write them; a lost device has let go of them.
    await gpu.quiet();
    release();
    throw error;
  }
}

/** Copies each chunk's frames into `pixels`, [frames, height, rowStride] u32. */
async function decode({ gpu, run, signal, onProgress }: PhaseContext, pixels: Tensor): Promise<void> {
  const { chunks } = run.decoding;
  let offset = 0;
  for (const [i, chunk] of chunks.entries()) {
    onProgress?.({ phase: 'decode', loaded: i, total: chunks.length });
    signal?.throwIfAborted();
    await gpu.pacer.run('decode', run.program.commands(chunk.sections), signal);
    const commands = gpu.device.createCommandEncoder({ label: 'decode.keep' });
    const { buffer, bytes } = chunk.pixels;
    commands.copyBufferToBuffer(buffer, 0, pixels.buffer, offset, bytes);
    gpu.device.queue.submit([commands.finish()]);
    offset += bytes;
    await gpu.idle();
  }
  signal?.throwIfAborted();
  onProgress?.({ phase: 'decode', loaded: chunks.length, total: chunks.length });
}
