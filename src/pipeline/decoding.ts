import type { Gpu } from '../gpu/gpu.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/transfer.ts';
import type { LatentSize } from '../models/latent-size.ts';
import { channelsLast } from '../ops/channels-last.ts';
import type { OpContext } from '../ops/context.ts';
import { paddedChannels } from '../ops/conv-layout.ts';
import { toRgba } from '../ops/pixels.ts';
import type { LatentDecoder } from './family.ts';

/** Rows of pixels begin at multiples of 256 bytes, as copies from buffers to textures need. */
const ROW_PIXELS = 64;

/** A chunk of frames to be decoded. */
export interface DecodeChunk {
  /** Sections to run, in order. */
  readonly sections: readonly string[];
  /** The decoder's output after them: [frames, height / patch, width / patch, channels] f32, not clamped. */
  readonly raw: Tensor;
  /** The frames after them, [frames, height, rowStride] u32. */
  readonly pixels: Tensor;
}

/** The last phase of a run, recorded: latents to pixels, a latent frame at a time so that memory does not grow. */
export class LatentDecoding {
  readonly chunks: readonly DecodeChunk[];
  /** The first of them on latents of the caller's: on what `recordInput` wrote. */
  readonly firstFrame: DecodeChunk;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly #shift: Tensor;
  readonly #scale: Tensor;
  readonly #z: Tensor;

  /** @param state A sampler's state, whose first row are the latents. */
  constructor(
    ops: OpContext,
    private readonly decoder: LatentDecoder,
    state: Tensor,
    latentSize: LatentSize,
  ) {
    const { recorder } = ops;
    const { width, height, frames } = decoder.clipSize(latentSize);
    const [, channels = 0] = state.shape;
    this.width = width;
    this.height = height;
    this.frames = frames;
    this.#shift = recorder.persistent('vae.shift', [channels]);
    this.#scale = recorder.persistent('vae.scale', [channels]);
    this.#z = recorder.persistent('vae.z', [...latentSize, paddedChannels(channels)]);
    recorder.section('decode.latents', () => this.recordInput(ops, state));
    const packed = new Map<Tensor, { section: string; pixels: Tensor }>();
    const [first, ...others] = decoder.record(ops, this.#z, 1).map(({ sections, out }): DecodeChunk => {
      const { section, pixels } = packed.get(out) ?? this.#recordPacking(ops, `decode.rgba.${packed.size}`, out);
      packed.set(out, { section, pixels });
      return { sections: [...sections, section], raw: out, pixels };
    });
    if (!first) throw new Error('no latent frames to decode');
    this.firstFrame = first;
    this.chunks = [{ ...first, sections: ['decode.latents', ...first.sections] }, ...others];
  }

  /** Records what makes the decoder's input of latents: the first row of `state`. Chunks begin anew with the first. */
  recordInput(ops: OpContext, state: Tensor): void {
    const { recorder } = ops;
    const [, ...shape] = state.shape;
    const latents = recorder.temporary('latents', shape);
    recorder.copy(state, latents, elements(latents.shape) * 4);
    channelsLast(ops, { x: latents, scale: this.#scale, shift: this.#shift, out: this.#z });
  }

  /** Writes what the decoder's input is scaled and shifted by into an allocated run. */
  start(gpu: Gpu): void {
    upload(gpu, this.#shift, Float32Array.from(this.decoder.shift));
    upload(gpu, this.#scale, Float32Array.from(this.decoder.scale));
  }

  #recordPacking(ops: OpContext, section: string, out: Tensor): { section: string; pixels: Tensor } {
    const { recorder } = ops;
    const { patch } = this.decoder;
    const [frames = 0] = out.shape;
    const pixels = recorder.persistent(section, [frames, this.height, rowStride(this.width)], 'u32');
    recorder.section(section, () => toRgba(ops, { x: out, out: pixels, patch }));
    return { section, pixels };
  }
}

/** Pixels from one row of packed pixels to the next. */
export function rowStride(width: number): number {
  return Math.ceil(width / ROW_PIXELS) * ROW_PIXELS;
}
