import type { Gpu } from '../gpu/gpu.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/transfer.ts';
import {
  type AutoencoderKLWanConfig,
  spatialCompression,
  temporalCompression,
  type WanDecoder,
} from '../models/vae/index.ts';
import type { LatentSize } from '../models/wan/transformer.ts';
import { channelsLast } from '../ops/channels-last.ts';
import type { OpContext } from '../ops/context.ts';
import { toRgba } from '../ops/pixels.ts';

/** Rows of pixels begin at multiples of 256 bytes, as copies from buffers to textures need. */
const ROW_PIXELS = 64;

/** A chunk of frames to be decoded. */
export interface DecodeChunk {
  /** Sections to run, in order. */
  readonly sections: readonly string[];
  /** The VAE's output after them: [frames, height / patch, width / patch, channels] f32, not clamped. */
  readonly raw: Tensor;
  /** The frames after them, [frames, height, rowStride] u32. */
  readonly pixels: Tensor;
}

/** The last phase of a run, recorded: latents to pixels, a latent frame at a time so that memory does not grow. */
export class WanDecoding {
  readonly chunks: readonly DecodeChunk[];
  /** The first of them on latents of the caller's: on what `recordInput` wrote. */
  readonly firstFrame: DecodeChunk;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly #mean: Tensor;
  readonly #std: Tensor;
  readonly #z: Tensor;

  /** @param state A sampler's state, whose first row are the latents. */
  constructor(
    ops: OpContext,
    decoder: WanDecoder,
    private readonly config: AutoencoderKLWanConfig,
    state: Tensor,
    latentSize: LatentSize,
  ) {
    const { recorder } = ops;
    const { zDim, patchSize } = config;
    const [frames, rows, columns] = latentSize;
    const scale = spatialCompression(config);
    this.width = columns * scale;
    this.height = rows * scale;
    this.frames = 1 + (frames - 1) * temporalCompression(config);
    this.#mean = recorder.persistent('vae.mean', [zDim]);
    this.#std = recorder.persistent('vae.std', [zDim]);
    this.#z = recorder.persistent('vae.z', [...latentSize, Math.ceil(zDim / 4) * 4]);
    recorder.section('decode.latents', () => this.recordInput(ops, state));
    const packed = new Map<Tensor, { section: string; pixels: Tensor }>();
    const [first, ...others] = decoder.record(ops, this.#z, 1).map(({ sections, out }): DecodeChunk => {
      const { section, pixels } =
        packed.get(out) ?? this.#recordPacking(ops, `decode.rgba.${packed.size}`, out, patchSize);
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
    const [frames = 0, rows = 0, columns = 0] = this.#z.shape;
    const latents = recorder.temporary('latents', [this.config.zDim, frames, rows, columns]);
    recorder.copy(state, latents, elements(latents.shape) * 4);
    channelsLast(ops, { x: latents, scale: this.#std, shift: this.#mean, out: this.#z });
  }

  /** Writes the latents' statistics into an allocated run. */
  start(gpu: Gpu): void {
    upload(gpu, this.#mean, Float32Array.from(this.config.latentsMean));
    upload(gpu, this.#std, Float32Array.from(this.config.latentsStd));
  }

  #recordPacking(ops: OpContext, section: string, out: Tensor, patch: number): { section: string; pixels: Tensor } {
    const { recorder } = ops;
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
