import type { Tensor } from '../../gpu/tensor.ts';
import { attention } from '../../ops/attention.ts';
import type { OpContext } from '../../ops/context.ts';
import { type Linear, matmul } from '../../ops/matmul.ts';
import type { WeightSet } from '../../weights/weight-set.ts';
import { framesShape } from '../vae/chunk.ts';
import { pointwise } from '../vae/weights.ts';
import type { AutoencoderKLConfig } from './config.ts';
import { Conv, Norm } from './layers.ts';

/** A `ResnetBlock2D`: `shortcut(x) + conv2(silu(norm2(conv1(silu(norm1(x))))))`. */
export class ResnetBlock {
  readonly #norm1: Norm;
  readonly #conv1: Conv;
  readonly #norm2: Norm;
  readonly #conv2: Conv;
  readonly #shortcut: Linear | undefined;

  /** Declares the weights under `prefix`, e.g. `decoder.mid_block.resnets.0`. */
  constructor(
    weights: WeightSet,
    private readonly prefix: string,
    channels: readonly [into: number, out: number],
    { normNumGroups }: AutoencoderKLConfig,
  ) {
    const [into, out] = channels;
    this.#norm1 = new Norm(weights, `${prefix}.norm1`, into, normNumGroups);
    this.#conv1 = new Conv(weights, `${prefix}.conv1`, channels);
    this.#norm2 = new Norm(weights, `${prefix}.norm2`, out, normNumGroups);
    this.#conv2 = new Conv(weights, `${prefix}.conv2`, [out, out]);
    if (into !== out) this.#shortcut = pointwise(weights, `${prefix}.conv_shortcut`, channels, { is2d: true });
  }

  /** Records the block on x, [frames, height, width, channels], which it may overwrite; returns its output. */
  record(ops: OpContext, x: Tensor): Tensor {
    const hidden = this.#conv1.record(ops, this.#norm1.record(ops, x, true));
    let out = x;
    if (this.#shortcut) {
      out = ops.recorder.temporary(`${this.prefix}.out`, hidden.shape);
      matmul(ops, { x, linear: this.#shortcut, out });
    }
    this.#conv2.recordInto(ops, this.#norm2.record(ops, hidden, true), out, true);
    return out;
  }
}

/** The `Attention` of a middle block: of one head, among the pixels of each frame. */
class AttentionBlock {
  readonly #norm: Norm;
  readonly #qkv: Linear;
  readonly #out: Linear;

  /** Declares the weights under `prefix`, e.g. `decoder.mid_block.attentions.0`. */
  constructor(
    weights: WeightSet,
    private readonly prefix: string,
    channels: number,
    { normNumGroups }: AutoencoderKLConfig,
  ) {
    // Checkpoints of before 2023, Stable Diffusion's among them, have the names that the class had then.
    const isOld = weights.has(`${prefix}.query.weight`);
    const named = (names: readonly string[]) => names.map((name) => `${prefix}.${name}`);
    const square = { inFeatures: channels, outFeatures: channels };
    this.#norm = new Norm(weights, `${prefix}.group_norm`, channels, normNumGroups);
    this.#qkv = weights.linear(named(isOld ? ['query', 'key', 'value'] : ['to_q', 'to_k', 'to_v']), square);
    this.#out = weights.linear(named([isOld ? 'proj_attn' : 'to_out.0']), square);
  }

  /** Records adding the attention of x, [frames, height, width, channels], to it. */
  record(ops: OpContext, x: Tensor): void {
    const { recorder, operands } = ops;
    const [frames, height, width, depth] = framesShape(x);
    const tokens = height * width;
    const qkv = recorder.temporary(`${this.prefix}.qkv`, [frames, tokens, 3 * depth], operands);
    matmul(ops, { x: this.#norm.record(ops, x, false), linear: this.#qkv, out: qkv });
    const attended = recorder.temporary(`${this.prefix}.attended`, [frames, tokens, depth], operands);
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
      headDim: depth,
      queries: tokens,
      keys: tokens,
      batch: frames,
    });
    matmul(ops, { x: attended, linear: this.#out, out: x, epilogue: { kind: 'residual' } });
  }
}

/** A `UNetMidBlock2D`: residual block, attention unless the configuration has none, residual block. */
export class MidBlock {
  readonly #before: ResnetBlock;
  readonly #attention: AttentionBlock | undefined;
  readonly #after: ResnetBlock;

  /** Declares the weights under `prefix`, e.g. `decoder.mid_block`. */
  constructor(weights: WeightSet, prefix: string, channels: number, config: AutoencoderKLConfig) {
    const resnet = (i: number) => new ResnetBlock(weights, `${prefix}.resnets.${i}`, [channels, channels], config);
    this.#before = resnet(0);
    if (config.midBlockAddAttention) {
      this.#attention = new AttentionBlock(weights, `${prefix}.attentions.0`, channels, config);
    }
    this.#after = resnet(1);
  }

  /** Records the block on x, [frames, height, width, channels], which it may overwrite; returns its output. */
  record(ops: OpContext, x: Tensor): Tensor {
    const hidden = this.#before.record(ops, x);
    this.#attention?.record(ops, hidden);
    return this.#after.record(ops, hidden);
  }
}
