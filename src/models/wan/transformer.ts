import { OptionError } from '../../errors.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import type { OpContext } from '../../ops/context.ts';
import { type Linear, matmul } from '../../ops/matmul.ts';
import { norm } from '../../ops/norm.ts';
import { patchify, unpatchify } from '../../ops/patchify.ts';
import { silu } from '../../ops/silu.ts';
import type { WeightSet } from '../../weights/weight-set.ts';
import type { ForwardSections } from '../forward-sites.ts';
import type { LatentSize } from '../latent-size.ts';
import { type WanBlockInputs, WanTransformerBlock } from './block.ts';
import { innerDim, type WanTransformerConfig } from './config.ts';
import { type FrameRange, putFrames, takeFrames } from './frames.ts';

/** What the timesteps of a run come to, computed once: a row each. */
export interface WanTimesteps {
  /** Sinusoids, [timesteps, freqDim] f32: written by the host before the section runs. */
  readonly sinusoids: Tensor;
  /** [timesteps, 1, width], for the head. */
  readonly temb: Tensor;
  /** [timesteps, 6, width], for the blocks. */
  readonly timestepProj: Tensor;
}

/** A prompt's keys and values for every block's cross-attention. */
export interface WanPrompt {
  /** [length, textDim] f32: written by the host or a text encoder before the section runs. */
  readonly encoderHiddenStates: Tensor;
  readonly keysValues: readonly Tensor[];
}

/** Where a forward reads and writes. */
export interface WanForward {
  /** [..., inChannels, frames, rows, columns] f32: the first of a stack, such as a sampler's state. */
  readonly latents: Tensor;
  /** Rotary table of the token grid, written by the host. */
  readonly rope: Tensor;
  readonly timesteps: WanTimesteps;
  /** Row of `timesteps` for each token, [tokens] u32, or [1] for all alike. */
  readonly groups: Tensor;
  readonly prompt: WanPrompt;
  /** The residual stream, [tokens, width] f32. */
  readonly hiddenStates: Tensor;
  /** [..., outChannels, frames, rows, columns] f32. */
  readonly velocity: Tensor;
  /** Which velocity of the stack is this forward's. */
  readonly velocityIndex: number;
  /** Of a forward of some frames only; absent for all. */
  readonly frames?: FrameRange;
}

/** What the class in diffusers passes over, too. */
const NOT_LOADED = [/norm_added_q/];

/** Of image to video, of a configuration without `cross_attn_norm`, and of AnyFlow's second timestep. */
const OTHER_FORMS = [
  /\.(add_k_proj|add_v_proj|norm_added_k)\./,
  /\.image_embedder\./,
  /^blocks\.\d+\.norm2\./,
  /\.delta_embedder\./,
];

/**
 * `WanTransformer3DModel` of diffusers, text to video. It declares weights and records sections; whoever runs them
 * decides which blocks of a forward are dispatched.
 */
export class WanTransformer3DModel {
  readonly blocks: readonly WanTransformerBlock[];
  readonly #patchEmbedding: Linear;
  readonly #time: { linear1: Linear; linear2: Linear; proj: Linear };
  readonly #text: { linear1: Linear; linear2: Linear };
  readonly #head: { table: Tensor; proj: Linear };

  /** Declares the weights. */
  constructor(
    readonly config: WanTransformerConfig,
    weights: WeightSet,
  ) {
    const width = innerDim(config);
    const { patchSize, inChannels, outChannels, freqDim, textDim } = config;
    const patch = patchSize[0] * patchSize[1] * patchSize[2];
    const linear = (name: string, inFeatures: number, outFeatures: number) =>
      weights.linear(name, { inFeatures, outFeatures });
    const embedder = 'condition_embedder';
    this.#patchEmbedding = weights.linear('patch_embedding', {
      inFeatures: inChannels * patch,
      outFeatures: width,
      storedShape: [width, inChannels, ...patchSize],
    });
    this.#time = {
      linear1: linear(`${embedder}.time_embedder.linear_1`, freqDim, width),
      linear2: linear(`${embedder}.time_embedder.linear_2`, width, width),
      proj: linear(`${embedder}.time_proj`, width, 6 * width),
    };
    this.#text = {
      linear1: linear(`${embedder}.text_embedder.linear_1`, textDim, width),
      linear2: linear(`${embedder}.text_embedder.linear_2`, width, width),
    };
    this.blocks = Array.from(
      { length: config.numLayers },
      (_, i) => new WanTransformerBlock(weights, `blocks.${i}`, config),
    );
    this.#head = {
      table: weights.vector('scale_shift_table', [2, width], [1, 2, width]),
      proj: linear('proj_out', width, outChannels * patch),
    };
    weights.leave({ left: NOT_LOADED, missed: OTHER_FORMS });
  }

  /** The token grid of a latent clip. @throws {OptionError} when a patch does not divide it, or it is too long. */
  tokenGrid(size: LatentSize): LatentSize {
    const { patchSize, ropeMaxSeqLen } = this.config;
    const grid = size.map((length, axis) => length / (patchSize[axis] as number));
    if (!grid.every(Number.isInteger)) {
      throw new OptionError(
        `Latents of ${size.join(' x ')} cannot be cut into patches of ${patchSize.join(' x ')}.`,
        'Use a width and a height that are multiples of what the model needs.',
      );
    }
    if (Math.max(...grid) > ropeMaxSeqLen) {
      throw new OptionError(
        `The clip has ${grid.join(' x ')} tokens; the model takes ${ropeMaxSeqLen} along an axis.`,
        'Use a smaller size or fewer frames.',
      );
    }
    return grid as unknown as LatentSize;
  }

  /** Records the section `timesteps`: the time embedding of `count` timesteps. */
  recordTimesteps(ops: OpContext, count: number): WanTimesteps {
    const { recorder } = ops;
    const width = innerDim(this.config);
    const sinusoids = recorder.persistent('timesteps.sinusoids', [count, this.config.freqDim]);
    const temb = recorder.persistent('timesteps.temb', [count, 1, width]);
    const timestepProj = recorder.persistent('timesteps.proj', [count, 6, width]);
    recorder.section('timesteps', () => {
      const hidden = recorder.temporary('timesteps.hidden', [count, width]);
      matmul(ops, { x: sinusoids, linear: this.#time.linear1, out: hidden, epilogue: { kind: 'silu' } });
      matmul(ops, { x: hidden, linear: this.#time.linear2, out: temb });
      const activated = recorder.temporary('timesteps.activated', [count, width]);
      silu(ops, { x: temb, out: activated });
      matmul(ops, { x: activated, linear: this.#time.proj, out: timestepProj });
    });
    return { sinusoids, temb, timestepProj };
  }

  /** Records the section `name`: a prompt's embedding, and its keys and values for every block. */
  recordPrompt(ops: OpContext, name: string, encoderHiddenStates: Tensor): WanPrompt {
    const { recorder, operands } = ops;
    const width = innerDim(this.config);
    const [length = 0] = encoderHiddenStates.shape;
    const keysValues = this.blocks.map((_, i) =>
      recorder.persistent(`${name}.keysValues.${i}`, [length, 2 * width], operands),
    );
    recorder.section(name, () => {
      const hidden = recorder.temporary('text.hidden', [length, width], operands);
      matmul(ops, { x: encoderHiddenStates, linear: this.#text.linear1, out: hidden, epilogue: { kind: 'gelu' } });
      const text = recorder.temporary('text.projected', [length, width], operands);
      matmul(ops, { x: hidden, linear: this.#text.linear2, out: text });
      for (const [i, block] of this.blocks.entries()) block.recordPrompt(ops, text, keysValues[i] as Tensor);
    });
    return { encoderHiddenStates, keysValues };
  }

  /** Records the sections of a forward, `prefix.embed`, `prefix.block.N`, `prefix.head`, and returns their names. */
  recordForward(ops: OpContext, prefix: string, forward: WanForward): ForwardSections {
    const { recorder } = ops;
    const sections: ForwardSections = {
      embed: `${prefix}.embed`,
      blocks: this.blocks.map((_, i) => `${prefix}.block.${i}`),
      head: `${prefix}.head`,
    };
    const inputs: WanBlockInputs = {
      hiddenStates: forward.hiddenStates,
      timestepProj: forward.timesteps.timestepProj,
      groups: forward.groups,
      rope: forward.rope,
    };
    recorder.section(sections.embed, () => this.#recordEmbed(ops, forward));
    for (const [i, block] of this.blocks.entries()) {
      recorder.section(sections.blocks[i] as string, () =>
        block.record(ops, inputs, forward.prompt.keysValues[i] as Tensor),
      );
    }
    recorder.section(sections.head, () => this.#recordHead(ops, forward));
    return sections;
  }

  #recordEmbed(ops: OpContext, { latents: whole, hiddenStates, frames }: WanForward): void {
    const latents = frames ? takeFrames(ops.recorder, whole, frames) : whole;
    const tokens = hiddenStates.shape[0] as number;
    const patches = ops.recorder.temporary('patches', [tokens, this.#patchEmbedding.inFeatures]);
    patchify(ops, { latents, tokens: patches, patch: this.config.patchSize });
    matmul(ops, { x: patches, linear: this.#patchEmbedding, out: hiddenStates });
  }

  #recordHead(ops: OpContext, forward: WanForward): void {
    const { hiddenStates, timesteps, groups, velocity, velocityIndex, frames } = forward;
    const { recorder, operands } = ops;
    const tokens = hiddenStates.shape[0] as number;
    const normed = recorder.temporary('norm_out', hiddenStates.shape, operands);
    const modulation = { table: this.#head.table, conditioning: timesteps.temb, groups };
    const affine = { modulation, shiftPart: 0, scalePart: 1 };
    norm(ops, { kind: 'layer', x: hiddenStates, out: normed, eps: this.config.eps, affine });
    const patches = recorder.temporary('proj_out', [tokens, this.#head.proj.outFeatures]);
    matmul(ops, { x: normed, linear: this.#head.proj, out: patches });
    const patch = this.config.patchSize;
    if (!frames) {
      unpatchify(ops, { tokens: patches, latents: velocity, patch, clip: velocityIndex });
      return;
    }
    const [channels = 0, , rows = 0, columns = 0] = velocity.shape.slice(-4);
    const own = recorder.temporary('velocity', [1, channels, frames.count, rows, columns]);
    unpatchify(ops, { tokens: patches, latents: own, patch });
    putFrames(recorder, own, velocity, velocityIndex, frames);
  }
}
