import type { Tensor } from '../../gpu/tensor.ts';
import type { OpContext } from '../../ops/context.ts';
import { type Linear, matmul } from '../../ops/matmul.ts';
import type { WeightSet } from '../../weights/weight-set.ts';
import { CausalConv, MidBlock, ResidualBlock } from './blocks.ts';
import { type Chunk, framesShape } from './chunk.ts';
import { type ChunkRun, cutClip, recordClip } from './clip.ts';
import type { AutoencoderKLWanConfig } from './config.ts';
import { Upsample } from './resample.ts';
import { pointwise } from './weights.ts';

/** A `WanUpBlock`: residual blocks, and the way up to the next level where there is one. */
interface UpBlock {
  readonly resnets: readonly ResidualBlock[];
  readonly upsample: Upsample | undefined;
}

/** The decoder of an `AutoencoderKLWan`: latents to pictures. */
export class WanDecoder {
  readonly #postQuant: Linear;
  readonly #convIn: CausalConv;
  readonly #mid: MidBlock;
  readonly #upBlocks: readonly UpBlock[];
  readonly #convOut: CausalConv;

  /** Declares its weights. */
  constructor(weights: WeightSet, config: AutoencoderKLWanConfig) {
    const { zDim, decoderBaseDim, dimMult, outChannels } = config;
    const [innermost = 0, ...widths] = [dimMult.at(-1) ?? 0, ...dimMult.toReversed()].map((m) => m * decoderBaseDim);
    this.#postQuant = pointwise(weights, 'post_quant_conv', [zDim, zDim]);
    this.#convIn = new CausalConv(weights, 'decoder.conv_in', [zDim, innermost]);
    this.#mid = new MidBlock(weights, 'decoder.mid_block', innermost);
    this.#upBlocks = widths.map((width, i) => {
      // The way up halves the channels.
      const into = i === 0 ? innermost : Math.floor((widths[i - 1] as number) / 2);
      return upBlock(weights, `decoder.up_blocks.${i}`, [into, width], config, widths.length - 2 - i);
    });
    const last = widths.at(-1) as number;
    this.#convOut = new CausalConv(weights, 'decoder.conv_out', [last, outChannels], 'decoder.norm_out');
    weights.leave({ left: [/^encoder\./, /^quant_conv\./], missed: [] });
  }

  /**
   * Records decoding as sections `decode.*`: the whole clip at once, or cut in time so that only a chunk's frames take
   * memory; the frames are the same.
   *
   * @param latents [T, h, w, zDim padded] f32, as the model takes them: see `channelsLast`.
   * @param chunkLatents Latent frames of a chunk; by default all.
   * @returns What to run, in order. Each chunk's frames are [frames, h * 2^levels, w * 2^levels, patch's channels padded],
   * not clamped: see `toRgba`, `toFloats`. A clip has 1 + (T - 1) * temporalCompression frames.
   */
  record(ops: OpContext, latents: Tensor, chunkLatents = framesShape(latents)[0]): ChunkRun[] {
    return recordClip(ops, {
      name: 'decode',
      input: latents,
      frames: cutClip(framesShape(latents)[0], chunkLatents),
      record: (chunk, input) => this.#recordChunk(ops, chunk, input),
    });
  }

  #recordChunk(ops: OpContext, chunk: Chunk, latents: Tensor): Tensor {
    const { recorder } = ops;
    const [frames, height, width] = framesShape(latents);
    const z = recorder.temporary('post_quant_conv', latents.shape);
    matmul(ops, { x: latents, linear: this.#postQuant, out: z });
    let x = recorder.temporary('decoder.conv_in.out', [frames, height, width, this.#convIn.outChannels]);
    this.#convIn.record(ops, chunk, z, x);
    x = this.#mid.record(ops, chunk, x);
    for (const { resnets, upsample } of this.#upBlocks) {
      for (const resnet of resnets) x = resnet.record(ops, chunk, x);
      if (upsample) x = upsample.record(ops, chunk, x);
    }
    const shape = [...framesShape(x).slice(0, 3), this.#convOut.outChannels];
    const out = recorder.persistent('decoder.out', shape);
    this.#convOut.record(ops, chunk, x, out);
    return out;
  }
}

/** @param level Of the encoder's ways down, the one that this way up undoes; -1 for none. */
function upBlock(
  weights: WeightSet,
  prefix: string,
  [into, width]: readonly [number, number],
  { numResBlocks, temperalDownsample }: AutoencoderKLWanConfig,
  level: number,
): UpBlock {
  const resnets = Array.from(
    { length: numResBlocks + 1 },
    (_, j) => new ResidualBlock(weights, `${prefix}.resnets.${j}`, j === 0 ? into : width, width),
  );
  const inTime = temperalDownsample[level];
  if (inTime === undefined) return { resnets, upsample: undefined };
  const halved = [width, Math.floor(width / 2)] as const;
  return { resnets, upsample: new Upsample(weights, `${prefix}.upsamplers.0`, halved, inTime) };
}
