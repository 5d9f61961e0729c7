import type { Tensor } from '../../gpu/tensor.ts';
import { attention } from '../../ops/attention.ts';
import type { OpContext } from '../../ops/context.ts';
import { type ConvWeight, conv } from '../../ops/conv.ts';
import { paddedChannels, type Taps } from '../../ops/conv-layout.ts';
import { type Linear, matmul } from '../../ops/matmul.ts';
import { norm } from '../../ops/norm.ts';
import type { WeightSet } from '../../weights/weight-set.ts';
import { type Chunk, frameBytes, framesShape } from './chunk.ts';
import { type ChannelNorm, channelNorm, convWeight, pointwise } from './weights.ts';

/** A `WanCausalConv3d` of 3 x 3 x 3 over all frames. */
const CUBE: Taps = [3, 3, 3];

/** A causal convolution of 3 x 3 x 3, after a norm and SiLU where there is one. */
export class CausalConv {
  readonly #weight: ConvWeight;
  readonly #norm: ChannelNorm | undefined;

  /** @param normName The norm before it, e.g. `decoder.norm_out`. */
  constructor(
    weights: WeightSet,
    private readonly name: string,
    channels: readonly [into: number, out: number],
    normName?: string,
  ) {
    this.#norm = normName === undefined ? undefined : channelNorm(weights, normName, channels[0]);
    this.#weight = convWeight(weights, name, channels, CUBE);
  }

  /** Channels of its output, padded. */
  get outChannels(): number {
    return this.#weight.outChannels;
  }

  /**
   * Records it.
   *
   * @param x [frames, height, width, channels] f32. @param out The same with the channels of the output; added to where
   * `residual`.
   */
  record(ops: OpContext, chunk: Chunk, x: Tensor, out: Tensor, residual = false): void {
    const { operands, recorder } = ops;
    const [frames, height, width] = framesShape(x);
    const layerNorm = this.#norm;
    const input = chunk.causalInput(
      this.name,
      framesShape(x),
      CUBE[0] - 1,
      ({ x: to, kept }) => {
        const firstRow = kept * height * width;
        if (layerNorm) norm(ops, { kind: 'l2', x, out: to, firstRow, silu: true, ...layerNorm });
        else recorder.copy(x, to, x.bytes, 0, kept * frameBytes(x));
      },
      layerNorm ? operands : 'f32',
    );
    conv(ops, { x: input.x, weight: this.#weight, out, residual, map: { frames, now: input.kept } });
  }
}

/** A `WanResidualBlock`: `shortcut(x) + conv2(silu(norm2(conv1(silu(norm1(x))))))`. */
export class ResidualBlock {
  readonly #conv1: CausalConv;
  readonly #conv2: CausalConv;
  readonly #shortcut: Linear | undefined;

  /** Declares the weights under `prefix`, e.g. `decoder.mid_block.resnets.0`. */
  constructor(
    weights: WeightSet,
    private readonly prefix: string,
    inChannels: number,
    outChannels: number,
  ) {
    const channels = [inChannels, outChannels] as const;
    this.#conv1 = new CausalConv(weights, `${prefix}.conv1`, channels, `${prefix}.norm1`);
    this.#conv2 = new CausalConv(weights, `${prefix}.conv2`, [outChannels, outChannels], `${prefix}.norm2`);
    if (inChannels !== outChannels) this.#shortcut = pointwise(weights, `${prefix}.conv_shortcut`, channels);
  }

  /** Records the block on x, [frames, height, width, channels], which it may overwrite; returns its output. */
  record(ops: OpContext, chunk: Chunk, x: Tensor): Tensor {
    const [frames, height, width] = framesShape(x);
    const shape = [frames, height, width, this.#conv1.outChannels];
    const hidden = ops.recorder.temporary(`${this.prefix}.hidden`, shape);
    this.#conv1.record(ops, chunk, x, hidden);
    let out = x;
    if (this.#shortcut) {
      out = ops.recorder.temporary(`${this.prefix}.out`, shape);
      matmul(ops, { x, linear: this.#shortcut, out });
    }
    this.#conv2.record(ops, chunk, hidden, out, true);
    return out;
  }
}

/** A `WanAttentionBlock`: single-head attention among the pixels of each frame. */
class AttentionBlock {
  readonly #norm: ChannelNorm;
  readonly #qkv: Linear;
  readonly #proj: Linear;

  /** Declares the weights under `prefix`, e.g. `decoder.mid_block.attentions.0`. */
  constructor(
    weights: WeightSet,
    private readonly prefix: string,
    private readonly channels: number,
  ) {
    this.#norm = channelNorm(weights, `${prefix}.norm`, channels, true);
    this.#qkv = pointwise(weights, `${prefix}.to_qkv`, [channels, 3 * channels], { groups: 3, is2d: true });
    this.#proj = pointwise(weights, `${prefix}.proj`, [channels, channels], { is2d: true });
  }

  /** Records adding the attention of x, [frames, height, width, channels], to it. */
  record(ops: OpContext, x: Tensor): void {
    const { recorder, operands } = ops;
    const [frames, height, width, depth] = framesShape(x);
    const tokens = height * width;
    const normed = recorder.temporary(`${this.prefix}.norm`, [frames, tokens, depth], operands);
    const qkv = recorder.temporary(`${this.prefix}.qkv`, [frames, tokens, 3 * depth], operands);
    const attended = recorder.temporary(`${this.prefix}.attended`, [frames, tokens, depth], operands);
    norm(ops, { kind: 'l2', x, out: normed, ...this.#norm });
    matmul(ops, { x: normed, linear: this.#qkv, out: qkv });
    const part = (index: number) => ({
      tensor: qkv,
      rowStride: 3 * depth,
      offset: index * depth,
      batchStride: tokens * 3 * depth,
    });
    attention(ops, {
      q: part(0),
      k: part(1),
      v: part(2),
      out: { tensor: attended, rowStride: depth, batchStride: tokens * depth },
      heads: 1,
      headDim: paddedChannels(this.channels),
      queries: tokens,
      keys: tokens,
      batch: frames,
      scale: 1 / Math.sqrt(this.channels),
    });
    matmul(ops, { x: attended, linear: this.#proj, out: x, epilogue: { kind: 'residual' } });
  }
}

/** A `WanMidBlock`: residual block, attention, residual block. */
export class MidBlock {
  readonly #before: ResidualBlock;
  readonly #attention: AttentionBlock;
  readonly #after: ResidualBlock;

  /** Declares the weights under `prefix`, e.g. `decoder.mid_block`. */
  constructor(weights: WeightSet, prefix: string, channels: number) {
    this.#before = new ResidualBlock(weights, `${prefix}.resnets.0`, channels, channels);
    this.#attention = new AttentionBlock(weights, `${prefix}.attentions.0`, channels);
    this.#after = new ResidualBlock(weights, `${prefix}.resnets.1`, channels, channels);
  }

  /** Records the block on x, [frames, height, width, channels], which it may overwrite; returns its output. */
  record(ops: OpContext, chunk: Chunk, x: Tensor): Tensor {
    const hidden = this.#before.record(ops, chunk, x);
    this.#attention.record(ops, hidden);
    return this.#after.record(ops, chunk, hidden);
  }
}
