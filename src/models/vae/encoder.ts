import { OptionError } from '../../errors.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import type { OpContext } from '../../ops/context.ts';
import { type Linear, matmul } from '../../ops/matmul.ts';
import type { WeightSet } from '../../weights/weight-set.ts';
import { CausalConv, MidBlock, ResidualBlock } from './blocks.ts';
import { type Chunk, framesShape } from './chunk.ts';
import { type ChunkRun, cutClip, recordClip } from './clip.ts';
import { type AutoencoderKLWanConfig, temporalCompression } from './config.ts';
import { Downsample } from './resample.ts';
import { pointwise } from './weights.ts';

/** The encoder of an `AutoencoderKLWan`: pictures to latents. */
export class WanEncoder {
  readonly #compression: number;
  readonly #convIn: CausalConv;
  readonly #downBlocks: readonly (ResidualBlock | Downsample)[];
  readonly #mid: MidBlock;
  readonly #convOut: CausalConv;
  readonly #quant: Linear;

  /** Declares its weights. */
  constructor(weights: WeightSet, config: AutoencoderKLWanConfig) {
    const { zDim, baseDim, dimMult, inChannels } = config;
    const last = baseDim * (dimMult.at(-1) ?? 0);
    this.#compression = temporalCompression(config);
    this.#convIn = new CausalConv(weights, 'encoder.conv_in', [inChannels, baseDim]);
    this.#downBlocks = downBlocks(weights, config);
    this.#mid = new MidBlock(weights, 'encoder.mid_block', last);
    this.#convOut = new CausalConv(weights, 'encoder.conv_out', [last, 2 * zDim], 'encoder.norm_out');
    // Means and logarithms of variances; only the means are used.
    this.#quant = pointwise(weights, 'quant_conv', [2 * zDim, 2 * zDim], { used: zDim });
    weights.leave({ left: [/^decoder\./, /^post_quant_conv\./], missed: [] });
  }

  /**
   * Records encoding to the mode of the posterior as sections `encode.*`, the whole clip at once or cut in time.
   *
   * @param pictures [T, H / patch, W / patch, patch's channels padded] f32: see `fromFloats`.
   * @param chunkLatents Latent frames of a chunk; by default all.
   * @returns What to run, in order. Each chunk's latents are [frames, h, w, zDim padded], not normalised.
   * @throws {OptionError} when the number of frames is not one and whole latents.
   */
  record(ops: OpContext, pictures: Tensor, chunkLatents?: number): ChunkRun[] {
    const [frames] = framesShape(pictures);
    const each = this.#compression;
    if ((frames - 1) % each !== 0) {
      const nearest = 1 + Math.floor((frames - 1) / each) * each;
      throw new OptionError(
        `This VAE encodes clips of ${each}k + 1 frames, not of ${frames}.`,
        `Give it ${nearest} or ${nearest + each} frames.`,
      );
    }
    const latents = 1 + (frames - 1) / each;
    const cut = cutClip(latents, chunkLatents ?? latents);
    return recordClip(ops, {
      name: 'encode',
      input: pictures,
      frames: { first: 1 + (cut.first - 1) * each, next: cut.next * each, more: cut.more },
      record: (chunk, input) => this.#recordChunk(ops, chunk, input),
    });
  }

  #recordChunk(ops: OpContext, chunk: Chunk, pictures: Tensor): Tensor {
    const { recorder } = ops;
    let x = recorder.temporary('encoder.conv_in.out', [...framesShape(pictures).slice(0, 3), this.#convIn.outChannels]);
    this.#convIn.record(ops, chunk, pictures, x);
    for (const block of this.#downBlocks) x = block.record(ops, chunk, x);
    x = this.#mid.record(ops, chunk, x);
    const pixels = framesShape(x).slice(0, 3);
    const moments = recorder.temporary('encoder.conv_out.out', [...pixels, this.#convOut.outChannels]);
    this.#convOut.record(ops, chunk, x, moments);
    const out = recorder.persistent('encoder.out', [...pixels, this.#quant.outFeatures]);
    matmul(ops, { x: moments, linear: this.#quant, out });
    return out;
  }
}

/** diffusers keeps residual blocks and ways down of all levels in one list. */
function downBlocks(
  weights: WeightSet,
  { baseDim, dimMult, numResBlocks, temperalDownsample }: AutoencoderKLWanConfig,
): (ResidualBlock | Downsample)[] {
  const blocks: (ResidualBlock | Downsample)[] = [];
  const prefix = () => `encoder.down_blocks.${blocks.length}`;
  let channels = baseDim;
  for (const [level, factor] of dimMult.entries()) {
    for (let j = 0; j < numResBlocks; j++) {
      blocks.push(new ResidualBlock(weights, prefix(), channels, factor * baseDim));
      channels = factor * baseDim;
    }
    const inTime = temperalDownsample[level];
    if (inTime !== undefined) blocks.push(new Downsample(weights, prefix(), channels, inTime));
  }
  return blocks;
}
