import type { Tensor } from '../../gpu/tensor.ts';
import { addGated } from '../../ops/add-gated.ts';
import { addScaled } from '../../ops/add-scaled.ts';
import { attention } from '../../ops/attention.ts';
import type { OpContext } from '../../ops/context.ts';
import { type Linear, matmul } from '../../ops/matmul.ts';
import type { Modulation } from '../../ops/modulation.ts';
import { norm } from '../../ops/norm.ts';
import { qkNormRope } from '../../ops/qk-norm-rope.ts';
import type { WeightSet } from '../../weights/weight-set.ts';
import type { PartialHeads } from '../forward-sites.ts';
import { innerDim, type WanTransformerConfig } from './config.ts';

/** The sub-layers of a block, in the order that they run. */
export const SUB_LAYERS = ['selfAttention', 'crossAttention', 'mlp'] as const;

/** One of them. */
export type WanSubLayer = (typeof SUB_LAYERS)[number];

/** Parts of the modulation table, in the checkpoint's order. */
const PART = { shift: 0, scale: 1, gate: 2, ffnShift: 3, ffnScale: 4, ffnGate: 5 } as const;

/** What all blocks of a forward share. */
export interface WanBlockInputs {
  /** The residual stream, [tokens, width] f32: read and added to. */
  readonly hiddenStates: Tensor;
  /** The timesteps' modulation, [timesteps, 6, width], and each token's row of it. */
  readonly timestepProj: Tensor;
  readonly groups: Tensor;
  /** Rotary table, [tokens, headDim / 2] pairs. */
  readonly rope: Tensor;
}

/** One `WanTransformerBlock` of diffusers: self-attention, cross-attention to the prompt, MLP. */
export class WanTransformerBlock {
  readonly #config: WanTransformerConfig;
  readonly #table: Tensor;
  readonly #selfAttention: { qkv: Linear; normQ: Tensor; normK: Tensor; out: Linear };
  readonly #crossAttention: { q: Linear; kv: Linear; normQ: Tensor; normK: Tensor; out: Linear };
  readonly #crossNorm: { weight: Tensor; bias: Tensor } | undefined;
  readonly #ffn: { up: Linear; down: Linear };

  /** Declares the weights under `prefix`, e.g. `blocks.3`. */
  constructor(weights: WeightSet, prefix: string, config: WanTransformerConfig) {
    const width = innerDim(config);
    const square = { inFeatures: width, outFeatures: width };
    const named = (...names: string[]) => names.map((name) => `${prefix}.${name}`);
    const vector = (name: string) => weights.vector(`${prefix}.${name}`, [width]);
    this.#config = config;
    this.#table = weights.vector(`${prefix}.scale_shift_table`, [6, width], [1, 6, width]);
    this.#selfAttention = {
      qkv: weights.linear(named('attn1.to_q', 'attn1.to_k', 'attn1.to_v'), square),
      normQ: vector('attn1.norm_q.weight'),
      normK: vector('attn1.norm_k.weight'),
      out: weights.linear(named('attn1.to_out.0'), square),
    };
    this.#crossAttention = {
      q: weights.linear(named('attn2.to_q'), square),
      kv: weights.linear(named('attn2.to_k', 'attn2.to_v'), square),
      normQ: vector('attn2.norm_q.weight'),
      normK: vector('attn2.norm_k.weight'),
      out: weights.linear(named('attn2.to_out.0'), square),
    };
    this.#crossNorm = config.crossAttnNorm ? { weight: vector('norm2.weight'), bias: vector('norm2.bias') } : undefined;
    this.#ffn = {
      up: weights.linear(named('ffn.net.0.proj'), { inFeatures: width, outFeatures: config.ffnDim }),
      down: weights.linear(named('ffn.net.2'), { inFeatures: config.ffnDim, outFeatures: width }),
    };
  }

  /**
   * Records the prompt's keys and values for cross-attention: they do not change between steps.
   *
   * @param text Projected prompt embeddings, [length, width].
   * @param keysValues Filled with the keys, normalised, and the values: [length, 2 * width] in the operands' type.
   */
  recordPrompt(ops: OpContext, text: Tensor, keysValues: Tensor): void {
    const { kv, normK } = this.#crossAttention;
    const width = innerDim(this.#config);
    const isOperand = keysValues.dtype === 'f16';
    const projected = isOperand ? ops.recorder.temporary('attn2.kv', keysValues.shape) : keysValues;
    matmul(ops, { x: text, linear: kv, out: projected });
    qkNormRope(ops, {
      x: projected,
      width,
      offsets: [0],
      norm: { weights: [normK], eps: this.#config.eps },
      ...(isOperand ? { out: keysValues, copied: width } : {}),
    });
  }

  /** Records the block on `hiddenStates`, with the prompt's keys and values from `recordPrompt`. */
  record(ops: OpContext, inputs: WanBlockInputs, keysValues: Tensor): void {
    for (const type of SUB_LAYERS) this.recordSubLayer(ops, inputs, keysValues, type);
  }

  /**
   * Records a sub-layer: its output is added to `hiddenStates`, or written to `kept`, for `recordAdd` to add.
   *
   * @param kept [tokens, width] f32: the output as before its gate.
   */
  recordSubLayer(ops: OpContext, inputs: WanBlockInputs, keysValues: Tensor, type: WanSubLayer, kept?: Tensor): void {
    if (type === 'selfAttention') this.#recordSelfAttention(ops, inputs, kept);
    else if (type === 'crossAttention') this.#recordCrossAttention(ops, inputs.hiddenStates, keysValues, kept);
    else this.#recordFfn(ops, inputs, kept);
  }

  /**
   * Records what adds a kept output to `hiddenStates`, with the gate of the current timestep; cross-attention has none.
   *
   * @param kept [tokens, width] f32.
   */
  recordAdd(ops: OpContext, inputs: WanBlockInputs, type: WanSubLayer, kept: Tensor): void {
    const { hiddenStates: out } = inputs;
    if (type === 'crossAttention') {
      addScaled(ops, { x: kept, out, factor: 1 });
      return;
    }
    const part = type === 'selfAttention' ? PART.gate : PART.ffnGate;
    addGated(ops, { x: kept, out, modulation: this.#modulation(inputs), part });
  }

  /**
   * Records the modulated input of self-attention, `LN(x) (1 + scale) + shift`, from `hiddenStates` as they enter the
   * block: what caching policies compare between steps.
   *
   * @param out [tokens, width] f32 or f16.
   */
  recordModulatedInput(ops: OpContext, inputs: WanBlockInputs, out: Tensor): void {
    this.#modulatedNorm(ops, inputs, PART.shift, PART.scale, out);
  }

  /** Records self-attention, of which only some heads are computed; its output is added to `hiddenStates`. */
  recordHeads(ops: OpContext, inputs: WanBlockInputs, heads: PartialHeads): void {
    this.#recordSelfAttention(ops, inputs, undefined, heads);
  }

  #recordSelfAttention(ops: OpContext, inputs: WanBlockInputs, kept?: Tensor, partial?: PartialHeads): void {
    const { hiddenStates, rope } = inputs;
    const { qkv, normQ, normK, out } = this.#selfAttention;
    const { attentionHeadDim: headDim, numAttentionHeads: heads, eps } = this.#config;
    const { recorder, operands } = ops;
    const [tokens = 0, width = 0] = hiddenStates.shape;
    const normed = ops.recorder.temporary('modulated', hiddenStates.shape, operands);
    this.#modulatedNorm(ops, inputs, PART.shift, PART.scale, normed);
    const projected = recorder.temporary('attn1.qkv', [tokens, 3 * width]);
    matmul(ops, { x: normed, linear: qkv, out: projected });
    const ready = operands === 'f16' ? recorder.temporary('attn1.qkv.f16', [tokens, 3 * width], 'f16') : projected;
    qkNormRope(ops, {
      x: projected,
      width,
      offsets: [0, width],
      norm: { weights: [normQ, normK], eps },
      table: rope,
      ...(ready === projected ? {} : { out: ready, copied: 2 * width }),
    });
    const attended = partial?.attended ?? recorder.temporary('attn1.out', [tokens, width], operands);
    const view = (offset: number) => ({ tensor: ready, rowStride: 3 * width, offset });
    attention(ops, {
      q: view(0),
      k: view(width),
      v: view(2 * width),
      out: { tensor: attended, rowStride: width, offset: 0 },
      heads,
      headDim,
      queries: tokens,
      keys: tokens,
      ...(partial && { headMask: partial.mask }),
    });
    this.#finish(ops, inputs, { x: attended, linear: out, part: PART.gate, kept });
  }

  #recordCrossAttention(ops: OpContext, hiddenStates: Tensor, keysValues: Tensor, kept?: Tensor): void {
    const { q, normQ, out } = this.#crossAttention;
    const { attentionHeadDim: headDim, numAttentionHeads: heads, eps } = this.#config;
    const { recorder, operands } = ops;
    const [tokens = 0, width = 0] = hiddenStates.shape;
    let x = hiddenStates;
    if (this.#crossNorm) {
      x = recorder.temporary('norm2', [tokens, width], operands);
      norm(ops, { kind: 'layer', x: hiddenStates, out: x, eps, affine: this.#crossNorm });
    }
    const projected = recorder.temporary('attn2.q', [tokens, width]);
    matmul(ops, { x, linear: q, out: projected });
    const query = operands === 'f16' ? recorder.temporary('attn2.q.f16', [tokens, width], 'f16') : projected;
    qkNormRope(ops, {
      x: projected,
      width,
      offsets: [0],
      norm: { weights: [normQ], eps },
      ...(query === projected ? {} : { out: query }),
    });
    const attended = recorder.temporary('attn2.out', [tokens, width], operands);
    attention(ops, {
      q: { tensor: query, rowStride: width, offset: 0 },
      k: { tensor: keysValues, rowStride: 2 * width, offset: 0 },
      v: { tensor: keysValues, rowStride: 2 * width, offset: width },
      out: { tensor: attended, rowStride: width, offset: 0 },
      heads,
      headDim,
      queries: tokens,
      keys: keysValues.shape[0] ?? 0,
    });
    if (kept) matmul(ops, { x: attended, linear: out, out: kept });
    else matmul(ops, { x: attended, linear: out, out: hiddenStates, epilogue: { kind: 'residual' } });
  }

  #recordFfn(ops: OpContext, inputs: WanBlockInputs, kept?: Tensor): void {
    const [tokens = 0] = inputs.hiddenStates.shape;
    const normed = ops.recorder.temporary('modulated', inputs.hiddenStates.shape, ops.operands);
    this.#modulatedNorm(ops, inputs, PART.ffnShift, PART.ffnScale, normed);
    const up = ops.recorder.temporary('ffn.up', [tokens, this.#config.ffnDim], ops.operands);
    matmul(ops, { x: normed, linear: this.#ffn.up, out: up, epilogue: { kind: 'gelu' } });
    this.#finish(ops, inputs, { x: up, linear: this.#ffn.down, part: PART.ffnGate, kept });
  }

  #modulation({ timestepProj, groups }: WanBlockInputs): Modulation {
    return { table: this.#table, conditioning: timestepProj, groups };
  }

  /** out = LN(x) * (1 + scale) + shift. */
  #modulatedNorm(ops: OpContext, inputs: WanBlockInputs, shiftPart: number, scalePart: number, out: Tensor): void {
    const affine = { modulation: this.#modulation(inputs), shiftPart, scalePart };
    norm(ops, { kind: 'layer', x: inputs.hiddenStates, out, eps: this.#config.eps, affine });
  }

  /** hiddenStates += gate * linear(x), or kept = linear(x). */
  #finish(
    ops: OpContext,
    inputs: WanBlockInputs,
    { x, linear, part, kept }: { x: Tensor; linear: Linear; part: number; kept: Tensor | undefined },
  ): void {
    if (kept) {
      matmul(ops, { x, linear, out: kept });
      return;
    }
    const epilogue = { kind: 'gatedResidual', modulation: this.#modulation(inputs), part } as const;
    matmul(ops, { x, linear, out: inputs.hiddenStates, epilogue });
  }
}
