import { OptionError } from '../../errors.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { assign } from '../../ops/assign.ts';
import type { OpContext } from '../../ops/context.ts';
import { type Linear, matmul } from '../../ops/matmul.ts';
import { norm } from '../../ops/norm.ts';
import { type PatchSize, patchify, unpatchify } from '../../ops/patchify.ts';
import type { WeightSet } from '../../weights/weight-set.ts';
import type { ForwardSections } from '../forward-sites.ts';
import { DiTBlock } from './block.ts';
import { type DiTConditions, DiTModulation, FREQ_DIM } from './conditioning.ts';
import { type DiTTransformer2DConfig, innerDim } from './config.ts';

/** Of the last norm, which diffusers does not configure. */
const EPS = 1e-6;

/** What the timesteps and classes of a run come to, computed once: a row each. */
export interface DiTConditioning extends DiTConditions {
  /** Modulation of each block, [rows, 6, width] f32. */
  readonly blocks: readonly Tensor[];
  /** [rows, 2, width] f32. */
  readonly head: Tensor;
}

/** Where a forward reads and writes. */
export interface DiTForward {
  /** [..., inChannels, 1, rows, columns] f32: the first of a stack, such as a sampler's state. */
  readonly latents: Tensor;
  /** [tokens, width] f32, written by the host: see `ditPositionEmbedding`. */
  readonly positions: Tensor;
  readonly conditioning: DiTConditioning;
  /** Which row of the conditioning is the forward's, [1] u32. */
  readonly groups: Tensor;
  /** The residual stream, [tokens, width] f32. */
  readonly hiddenStates: Tensor;
  /** A stack of predictions, [..., channels, 1, rows, columns] f32: the first so many channels of `outChannels`. */
  readonly prediction: Tensor;
  /** Which of the stack is this forward's. */
  readonly predictionIndex: number;
}

/**
 * `DiTTransformer2DModel` of diffusers, class to image: Peebles and Xie, arXiv 2212.09748. It declares weights and records
 * sections; whoever runs them decides which blocks of a forward are dispatched.
 */
export class DiTTransformer2DModel {
  readonly blocks: readonly DiTBlock[];
  readonly #patch: PatchSize;
  readonly #patchEmbedding: Linear;
  readonly #headModulation: DiTModulation;
  readonly #projOut: Linear;

  /** Declares the weights. */
  constructor(
    readonly config: DiTTransformer2DConfig,
    weights: WeightSet,
  ) {
    const width = innerDim(config);
    const { patchSize, inChannels, outChannels, numLayers } = config;
    this.#patch = [1, patchSize, patchSize];
    this.#patchEmbedding = weights.linear('pos_embed.proj', {
      inFeatures: inChannels * patchSize ** 2,
      outFeatures: width,
      storedShape: [width, inChannels, patchSize, patchSize],
    });
    this.blocks = Array.from({ length: numLayers }, (_, i) => new DiTBlock(weights, `transformer_blocks.${i}`, config));
    this.#headModulation = new DiTModulation(weights, 'proj_out_1', 2, width);
    this.#projOut = weights.linear('proj_out_2', { inFeatures: width, outFeatures: outChannels * patchSize ** 2 });
  }

  /** Tokens along the sides of square latents. @throws {OptionError} when they are not square, or a patch does not divide them. */
  tokenSide(rows: number, columns: number): number {
    const side = rows / this.config.patchSize;
    if (rows === columns && Number.isInteger(side)) return side;
    throw new OptionError(
      `Latents of ${rows} x ${columns} cannot be cut into a square of patches of ${this.#patch.slice(1).join(' x ')}.`,
      `Use the model's own size: latents of ${this.config.sampleSize} x ${this.config.sampleSize}.`,
    );
  }

  /** Records the section `conditioning`: what the blocks and the head make of `rows` pairs of timestep and class. */
  recordConditioning(ops: OpContext, rows: number): DiTConditioning {
    const { recorder } = ops;
    const conditions = {
      sinusoids: recorder.persistent('conditioning.sinusoids', [rows, FREQ_DIM]),
      classLabels: recorder.persistent('conditioning.classLabels', [rows], 'u32'),
    };
    const blocks = this.blocks.map(({ modulation }, i) => modulation.rows(ops, `conditioning.${i}`, rows));
    const head = this.#headModulation.rows(ops, 'conditioning.head', rows);
    recorder.section('conditioning', () => {
      for (const [i, { embedder, modulation }] of this.blocks.entries()) {
        const embedding = embedder.record(ops, conditions);
        modulation.record(ops, embedding, blocks[i] as Tensor);
        // The head has no embedder of its own; diffusers takes the first block's.
        if (i === 0) this.#headModulation.record(ops, embedding, head);
      }
    });
    return { ...conditions, blocks, head };
  }

  /** Records the sections of a forward, `prefix.embed`, `prefix.block.N`, `prefix.head`, and returns their names. */
  recordForward(ops: OpContext, prefix: string, forward: DiTForward): ForwardSections {
    const { recorder } = ops;
    const { hiddenStates, conditioning, groups } = forward;
    const sections: ForwardSections = {
      embed: `${prefix}.embed`,
      blocks: this.blocks.map((_, i) => `${prefix}.block.${i}`),
      head: `${prefix}.head`,
    };
    recorder.section(sections.embed, () => this.#recordEmbed(ops, forward));
    for (const [i, block] of this.blocks.entries()) {
      const inputs = { hiddenStates, conditioning: conditioning.blocks[i] as Tensor, groups };
      recorder.section(sections.blocks[i] as string, () => block.record(ops, inputs));
    }
    recorder.section(sections.head, () => this.#recordHead(ops, forward));
    return sections;
  }

  #recordEmbed(ops: OpContext, { latents, positions, hiddenStates }: DiTForward): void {
    const [tokens = 0] = hiddenStates.shape;
    const patches = ops.recorder.temporary('patches', [tokens, this.#patchEmbedding.inFeatures]);
    patchify(ops, { latents, tokens: patches, patch: this.#patch });
    assign(ops, { x: positions, out: hiddenStates });
    matmul(ops, { x: patches, linear: this.#patchEmbedding, out: hiddenStates, epilogue: { kind: 'residual' } });
  }

  #recordHead(ops: OpContext, forward: DiTForward): void {
    const { hiddenStates, conditioning, groups, prediction, predictionIndex } = forward;
    const { recorder, operands } = ops;
    const normed = recorder.temporary('norm_out', hiddenStates.shape, operands);
    const modulation = { table: this.#headModulation.table, conditioning: conditioning.head, groups };
    const affine = { modulation, shiftPart: 0, scalePart: 1 };
    norm(ops, { kind: 'layer', x: hiddenStates, out: normed, eps: EPS, affine });
    const patches = recorder.temporary('proj_out_2', [hiddenStates.shape[0] as number, this.#projOut.outFeatures]);
    matmul(ops, { x: normed, linear: this.#projOut, out: patches });
    unpatchify(ops, { tokens: patches, latents: prediction, patch: this.#patch, clip: predictionIndex });
  }
}
