import type { Gpu } from '../../gpu/gpu.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { upload } from '../../gpu/transfer.ts';
import { attention } from '../../ops/attention.ts';
import type { OpContext } from '../../ops/context.ts';
import { type Linear, matmul } from '../../ops/matmul.ts';
import { norm } from '../../ops/norm.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import type { WeightSet } from '../../weights/weight-set.ts';
import type { T5Config } from './config.ts';
import { relativeBias } from './relative-bias.ts';

/** Added to the scores of padding keys; `exp` of it is 0 in f32, and a row of nothing else stays finite. */
const MASKED = -1e30;

interface T5Layer {
  readonly attentionNorm: Tensor;
  readonly qkv: Linear;
  readonly out: Linear;
  readonly mlpNorm: Tensor;
  readonly gate: Linear;
  readonly up: Linear;
  readonly down: Linear;
}

/** A recorded encoding of up to `length` tokens; `encode` fills and runs it. */
export interface T5Recording {
  readonly length: number;
  /** Sections in order: one a layer, `text.N`, and `text.final`. */
  readonly sections: readonly string[];
  /** The residual stream, [length, dModel] f32: after section `text.N` the output of block N. */
  readonly hiddenStates: Tensor;
  /** Additive key mask, [length]. */
  readonly keyBias: Tensor;
  /** Relative bias by distance of each layer that has its own, [heads, 2 * length - 1]. */
  readonly relativeBias: readonly Tensor[];
  /** The encoder's output, [length, dModel] f32. */
  readonly lastHiddenState: Tensor;
}

/**
 * `T5EncoderModel` and `UMT5EncoderModel` (v1.1: gated gelu, no biases, RMSNorm, relative attention bias, scores not
 * scaled). The embedding table stays in the file: an encoding reads the rows of its tokens.
 *
 * Source: transformers `T5Stack`, `UMT5Stack`; Raffel et al., arXiv 1910.10683.
 */
export class T5Encoder {
  readonly #layers: readonly T5Layer[];
  readonly #finalNorm: Tensor;
  #biasTables: readonly Float32Array[] = [];

  /** Declares the weights. */
  constructor(
    readonly config: T5Config,
    private readonly checkpoint: Checkpoint,
    weights: WeightSet,
  ) {
    const { dModel, dFf, numHeads, dKv } = config;
    const inner = numHeads * dKv;
    const linear = (names: string[], inFeatures: number, outFeatures: number) =>
      weights.linear(names, { inFeatures, outFeatures, bias: false });
    this.#layers = Array.from({ length: config.numLayers }, (_, i) => {
      const attentionName = `encoder.block.${i}.layer.0`;
      const mlp = `encoder.block.${i}.layer.1`;
      return {
        attentionNorm: weights.vector(`${attentionName}.layer_norm.weight`, [dModel]),
        qkv: linear(
          ['q', 'k', 'v'].map((name) => `${attentionName}.SelfAttention.${name}`),
          dModel,
          inner,
        ),
        out: linear([`${attentionName}.SelfAttention.o`], inner, dModel),
        mlpNorm: weights.vector(`${mlp}.layer_norm.weight`, [dModel]),
        gate: linear([`${mlp}.DenseReluDense.wi_0`], dModel, dFf),
        up: linear([`${mlp}.DenseReluDense.wi_1`], dModel, dFf),
        down: linear([`${mlp}.DenseReluDense.wo`], dFf, dModel),
      };
    });
    this.#finalNorm = weights.vector('encoder.final_layer_norm.weight', [dModel]);
    weights.expect(embeddingName(checkpoint), [config.vocabSize, dModel]);
    for (const name of this.#biasNames()) weights.expect(name, [config.relativeAttentionNumBuckets, numHeads]);
    // A whole model's decoder; the embedding table that is tied to the one that is read.
    weights.leave({ left: [/^decoder\./, /^lm_head\./, /^encoder\.embed_tokens\./], missed: [] });
  }

  /** Reads the small relative-bias tables, which are expanded on the CPU. */
  async loadTables(signal?: AbortSignal): Promise<void> {
    const rows = Array.from({ length: this.config.relativeAttentionNumBuckets }, (_, i) => i);
    this.#biasTables = await Promise.all(this.#biasNames().map((name) => this.checkpoint.readRows(name, rows, signal)));
  }

  /** Records an encoding of `length` tokens. */
  record(ops: OpContext, length: number): T5Recording {
    const { recorder } = ops;
    const { dModel, numHeads } = this.config;
    const recording: T5Recording = {
      length,
      sections: [...this.#layers.map((_, i) => `text.${i}`), 'text.final'],
      hiddenStates: recorder.persistent('text.hiddenStates', [length, dModel]),
      keyBias: recorder.persistent('text.keyBias', [length]),
      relativeBias: this.#biasNames().map((name) => recorder.persistent(name, [numHeads, 2 * length - 1])),
      lastHiddenState: recorder.persistent('text.lastHiddenState', [length, dModel]),
    };
    for (const [i, layer] of this.#layers.entries()) {
      const bias = recording.relativeBias[this.config.biasPerLayer ? i : 0] as Tensor;
      recorder.section(`text.${i}`, () => this.#recordLayer(ops, layer, recording, bias));
    }
    recorder.section('text.final', () =>
      norm(ops, {
        kind: 'rms',
        x: recording.hiddenStates,
        out: recording.lastHiddenState,
        eps: this.config.layerNormEpsilon,
        affine: { weight: this.#finalNorm },
      }),
    );
    return recording;
  }

  /**
   * Writes a prompt's tokens and mask into a recording; its sections can then be run.
   *
   * @param ids Token ids, padded to `recording.length`. @param mask 1 for tokens, 0 for padding.
   */
  async write(
    gpu: Gpu,
    recording: T5Recording,
    ids: readonly number[],
    mask: readonly number[],
    signal?: AbortSignal,
  ): Promise<void> {
    const embeddings = await this.checkpoint.readRows(embeddingName(this.checkpoint), ids, signal);
    upload(gpu, recording.hiddenStates, embeddings);
    upload(
      gpu,
      recording.keyBias,
      Float32Array.from(mask, (real) => (real ? 0 : MASKED)),
    );
    for (const [i, tensor] of recording.relativeBias.entries()) {
      upload(gpu, tensor, relativeBias(this.config, this.#biasTables[i] as Float32Array, recording.length));
    }
  }

  #recordLayer(ops: OpContext, layer: T5Layer, recording: T5Recording, bias: Tensor): void {
    const { recorder, operands } = ops;
    const { numHeads, dKv, dFf, layerNormEpsilon: eps } = this.config;
    const { hiddenStates, keyBias, length } = recording;
    const inner = numHeads * dKv;
    const normed = recorder.temporary('normed', hiddenStates.shape, operands);
    norm(ops, { kind: 'rms', x: hiddenStates, out: normed, eps, affine: { weight: layer.attentionNorm } });
    const qkv = recorder.temporary('qkv', [length, 3 * inner], operands);
    matmul(ops, { x: normed, linear: layer.qkv, out: qkv });
    const attended = recorder.temporary('attended', [length, inner], operands);
    const view = (offset: number) => ({ tensor: qkv, rowStride: 3 * inner, offset });
    attention(ops, {
      q: view(0),
      k: view(inner),
      v: view(2 * inner),
      out: { tensor: attended, rowStride: inner, offset: 0 },
      heads: numHeads,
      headDim: dKv,
      queries: length,
      keys: length,
      scale: 1,
      keyBias,
      relativeBias: bias,
    });
    matmul(ops, { x: attended, linear: layer.out, out: hiddenStates, epilogue: { kind: 'residual' } });

    const mlpInput = recorder.temporary('mlp.normed', hiddenStates.shape, operands);
    norm(ops, { kind: 'rms', x: hiddenStates, out: mlpInput, eps, affine: { weight: layer.mlpNorm } });
    // The product of the gated MLP reaches thousands in T5-XXL: f32, where f16 would overflow.
    const product = recorder.temporary('mlp.product', [length, dFf]);
    matmul(ops, { x: mlpInput, linear: layer.up, out: product });
    matmul(ops, { x: mlpInput, linear: layer.gate, out: product, epilogue: { kind: 'geluMultiply' } });
    matmul(ops, { x: product, linear: layer.down, out: hiddenStates, epilogue: { kind: 'residual' } });
  }

  #biasNames(): string[] {
    const layers = this.config.biasPerLayer ? this.config.numLayers : 1;
    return Array.from(
      { length: layers },
      (_, i) => `encoder.block.${i}.layer.0.SelfAttention.relative_attention_bias.weight`,
    );
  }
}

/** Checkpoints keep the table under one of two names. */
function embeddingName(checkpoint: Pick<Checkpoint, 'tensors'>): string {
  return checkpoint.tensors.has('shared.weight') ? 'shared.weight' : 'encoder.embed_tokens.weight';
}
