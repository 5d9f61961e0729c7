import type { Tensor } from '../../gpu/tensor.ts';
import { addGated } from '../../ops/add-gated.ts';
import { attention } from '../../ops/attention.ts';
import type { OpContext } from '../../ops/context.ts';
import { type Linear, matmul } from '../../ops/matmul.ts';
import type { Modulation } from '../../ops/modulation.ts';
import { norm } from '../../ops/norm.ts';
import type { WeightSet } from '../../weights/weight-set.ts';
import type { PartialHeads } from '../forward-sites.ts';
import { DiTEmbedder, DiTModulation } from './conditioning.ts';
import { type DiTTransformer2DConfig, innerDim } from './config.ts';

/** The sub-layers of a block, in the order that they run. */
export const DIT_SUB_LAYERS = ['selfAttention', 'mlp'] as const;

/** One of them. */
export type DiTSubLayer = (typeof DIT_SUB_LAYERS)[number];

/** Parts of the modulation, in the checkpoint's order. */
const PART = { shift: 0, scale: 1, gate: 2, mlpShift: 3, mlpScale: 4, mlpGate: 5 } as const;

/** Of the norm before self-attention, which diffusers does not configure. */
const EPS = 1e-6;

/** Width of the MLP, in widths of the stream. */
const MLP_RATIO = 4;

/** What a block of a forward works on. */
export interface DiTBlockInputs {
  /** The residual stream, [tokens, width] f32: read and added to. */
  readonly hiddenStates: Tensor;
  /** The block's own modulation, [rows, 6, width]: a row for each timestep and class. */
  readonly conditioning: Tensor;
  /** Which row is the forward's, [1] u32. */
  readonly groups: Tensor;
}

/** A `BasicTransformerBlock` of diffusers with `ada_norm_zero`: self-attention and MLP, each modulated and gated. */
export class DiTBlock {
  readonly embedder: DiTEmbedder;
  readonly modulation: DiTModulation;
  readonly #config: DiTTransformer2DConfig;
  readonly #attention: { qkv: Linear; out: Linear };
  readonly #mlp: { up: Linear; down: Linear };

  /** Declares the weights under `prefix`, e.g. `transformer_blocks.3`. */
  constructor(weights: WeightSet, prefix: string, config: DiTTransformer2DConfig) {
    const width = innerDim(config);
    const square = { inFeatures: width, outFeatures: width };
    const wide = MLP_RATIO * width;
    const qkv = ['to_q', 'to_k', 'to_v'].map((name) => `${prefix}.attn1.${name}`);
    this.#config = config;
    this.embedder = new DiTEmbedder(weights, `${prefix}.norm1.emb`, config);
    this.modulation = new DiTModulation(weights, `${prefix}.norm1.linear`, 6, width);
    this.#attention = {
      qkv: weights.linear(qkv, { ...square, bias: config.attentionBias }),
      out: weights.linear(`${prefix}.attn1.to_out.0`, square),
    };
    this.#mlp = {
      up: weights.linear(`${prefix}.ff.net.0.proj`, { inFeatures: width, outFeatures: wide }),
      down: weights.linear(`${prefix}.ff.net.2`, { inFeatures: wide, outFeatures: width }),
    };
  }

  /** Records the block on `hiddenStates`. */
  record(ops: OpContext, inputs: DiTBlockInputs): void {
    for (const type of DIT_SUB_LAYERS) this.recordSubLayer(ops, inputs, type);
  }

  /**
   * Records a sub-layer: its output is added to `hiddenStates`, or written to `kept`, for `recordAdd` to add.
   *
   * @param kept [tokens, width] f32: the output as before its gate.
   */
  recordSubLayer(ops: OpContext, inputs: DiTBlockInputs, type: DiTSubLayer, kept?: Tensor): void {
    if (type === 'selfAttention') this.#recordAttention(ops, inputs, kept);
    else this.#recordMlp(ops, inputs, kept);
  }

  /** Records what adds a kept output to `hiddenStates`, with the current gate. @param kept [tokens, width] f32. */
  recordAdd(ops: OpContext, inputs: DiTBlockInputs, type: DiTSubLayer, kept: Tensor): void {
    const part = type === 'selfAttention' ? PART.gate : PART.mlpGate;
    addGated(ops, { x: kept, out: inputs.hiddenStates, modulation: this.#modulation(inputs), part });
  }

  /**
   * Records the modulated input of self-attention, `LN(x) (1 + scale) + shift`, from `hiddenStates` as they enter the
   * block: what caching policies compare between steps.
   *
   * @param out [tokens, width] f32 or f16.
   */
  recordModulatedInput(ops: OpContext, inputs: DiTBlockInputs, out: Tensor): void {
    const affine = { modulation: this.#modulation(inputs), shiftPart: PART.shift, scalePart: PART.scale };
    norm(ops, { kind: 'layer', x: inputs.hiddenStates, out, eps: EPS, affine });
  }

  /** Records self-attention, of which only some heads are computed; its output is added to `hiddenStates`. */
  recordHeads(ops: OpContext, inputs: DiTBlockInputs, heads: PartialHeads): void {
    this.#recordAttention(ops, inputs, undefined, heads);
  }

  #recordAttention(ops: OpContext, inputs: DiTBlockInputs, kept?: Tensor, partial?: PartialHeads): void {
    const { hiddenStates } = inputs;
    const { recorder, operands } = ops;
    const { attentionHeadDim: headDim, numAttentionHeads: heads } = this.#config;
    const [tokens = 0, width = 0] = hiddenStates.shape;
    const normed = recorder.temporary('modulated', hiddenStates.shape, operands);
    this.recordModulatedInput(ops, inputs, normed);
    const qkv = recorder.temporary('attn1.qkv', [tokens, 3 * width], operands);
    matmul(ops, { x: normed, linear: this.#attention.qkv, out: qkv });
    const attended = partial?.attended ?? recorder.temporary('attn1.out', [tokens, width], operands);
    const view = (offset: number) => ({ tensor: qkv, rowStride: 3 * width, offset });
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
    this.#finish(ops, inputs, { x: attended, linear: this.#attention.out, part: PART.gate, kept });
  }

  #recordMlp(ops: OpContext, inputs: DiTBlockInputs, kept?: Tensor): void {
    const { hiddenStates } = inputs;
    const { recorder, operands } = ops;
    const normed = recorder.temporary('modulated', hiddenStates.shape, operands);
    const affine = { modulation: this.#modulation(inputs), shiftPart: PART.mlpShift, scalePart: PART.mlpScale };
    norm(ops, { kind: 'layer', x: hiddenStates, out: normed, eps: this.#config.normEps, affine });
    const { up, down } = this.#mlp;
    const hidden = recorder.temporary('ff.up', [hiddenStates.shape[0] as number, up.outFeatures], operands);
    matmul(ops, { x: normed, linear: up, out: hidden, epilogue: { kind: 'gelu' } });
    this.#finish(ops, inputs, { x: hidden, linear: down, part: PART.mlpGate, kept });
  }

  #modulation({ conditioning, groups }: DiTBlockInputs): Modulation {
    return { table: this.modulation.table, conditioning, groups };
  }

  /** hiddenStates += gate * linear(x), or kept = linear(x). */
  #finish(
    ops: OpContext,
    inputs: DiTBlockInputs,
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
