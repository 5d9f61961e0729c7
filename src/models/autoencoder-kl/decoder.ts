import type { Tensor } from '../../gpu/tensor.ts';
import type { OpContext } from '../../ops/context.ts';
import { type Linear, matmul } from '../../ops/matmul.ts';
import type { WeightSet } from '../../weights/weight-set.ts';
import { framesShape } from '../vae/chunk.ts';
import { type ChunkRun, cutClip, recordClip } from '../vae/clip.ts';
import { pointwise } from '../vae/weights.ts';
import { MidBlock, ResnetBlock } from './blocks.ts';
import type { AutoencoderKLConfig } from './config.ts';
import { Conv, Norm } from './layers.ts';

/** The decoder of an `AutoencoderKL`: latents to pictures, each frame by itself. */
export class AutoencoderKLDecoder {
  readonly #postQuant: Linear | undefined;
  readonly #convIn: Conv;
  readonly #mid: MidBlock;
  /** Residual blocks of all levels, and the ways up between them. */
  readonly #up: readonly (ResnetBlock | Conv)[];
  readonly #normOut: Norm;
  readonly #convOut: Conv;

  /** Declares its weights. */
  constructor(weights: WeightSet, config: AutoencoderKLConfig) {
    const { latentChannels, blockOutChannels, normNumGroups, usePostQuantConv } = config;
    const innermost = blockOutChannels.at(-1) as number;
    const last = blockOutChannels[0] as number;
    if (usePostQuantConv) {
      this.#postQuant = pointwise(weights, 'post_quant_conv', [latentChannels, latentChannels], { is2d: true });
    }
    this.#convIn = new Conv(weights, 'decoder.conv_in', [latentChannels, innermost]);
    this.#mid = new MidBlock(weights, 'decoder.mid_block', innermost, config);
    this.#up = upBlocks(weights, config);
    this.#normOut = new Norm(weights, 'decoder.conv_norm_out', last, normNumGroups);
    this.#convOut = new Conv(weights, 'decoder.conv_out', [last, 3]);
    weights.leave({ left: [/^encoder\./, /^quant_conv\./], missed: [/^decoder\./, /^post_quant_conv\./] });
  }

  /**
   * Records decoding as sections `decode.*`: all frames at once, or some at a time, so that only theirs take memory.
   *
   * @param latents [frames, h, w, latentChannels padded] f32, unscaled: see `channelsLast`.
   * @param chunkFrames Frames of a chunk; by default all.
   * @returns What to run, in order. Each chunk's frames are [frames, h * 2^levels, w * 2^levels, 3 padded], not clamped:
   * see `toRgba`, `toFloats`.
   */
  record(ops: OpContext, latents: Tensor, chunkFrames = framesShape(latents)[0]): ChunkRun[] {
    return recordClip(ops, {
      name: 'decode',
      input: latents,
      frames: cutClip(framesShape(latents)[0], chunkFrames),
      record: (_, input) => this.#record(ops, input),
    });
  }

  #record(ops: OpContext, latents: Tensor): Tensor {
    const { recorder } = ops;
    let z = latents;
    if (this.#postQuant) {
      z = recorder.temporary('post_quant_conv', latents.shape);
      matmul(ops, { x: latents, linear: this.#postQuant, out: z });
    }
    let x = this.#mid.record(ops, this.#convIn.record(ops, z));
    for (const layer of this.#up) x = layer.record(ops, x);
    const out = recorder.persistent('decoder.out', this.#convOut.outShape(x));
    this.#convOut.recordInto(ops, this.#normOut.record(ops, x, true), out);
    return out;
  }
}

/** The `UpDecoderBlock2D`s: each of residual blocks and, but for the last, a way up. */
function upBlocks(weights: WeightSet, config: AutoencoderKLConfig): (ResnetBlock | Conv)[] {
  const widths = config.blockOutChannels.toReversed();
  return widths.flatMap((width, level) => {
    const prefix = `decoder.up_blocks.${level}`;
    const resnets = Array.from({ length: config.layersPerBlock + 1 }, (_, i) => {
      const into = i === 0 ? (widths[Math.max(0, level - 1)] as number) : width;
      return new ResnetBlock(weights, `${prefix}.resnets.${i}`, [into, width], config);
    });
    const isLast = level === widths.length - 1;
    return isLast ? resnets : [...resnets, new Conv(weights, `${prefix}.upsamplers.0.conv`, [width, width], 'up2')];
  });
}
