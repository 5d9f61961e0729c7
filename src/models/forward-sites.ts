import type { Tensor } from '../gpu/tensor.ts';
import type { OpContext } from '../ops/context.ts';

/** A sub-layer of a block, as caching runs it by itself. */
export interface SubLayerSite {
  /**
   * Records it: its output is added to the stream, or written to `into` as it is before its gate, for `recordAdd`.
   *
   * @param into [tokens, width] f32.
   */
  record(ops: OpContext, into?: Tensor): void;
  /** Records what adds a kept output to the stream, with the gate of the current timestep. @param kept [tokens, width] f32. */
  recordAdd(ops: OpContext, kept: Tensor): void;
  /**
   * Records it for some tokens: their rows of a kept output, as before its gate, are computed anew. Absent for one whose
   * tokens need each other.
   *
   * @param list [at least count] u32: which tokens, each once. @param kept [tokens, width] f32.
   */
  recordTokens?(ops: OpContext, list: Tensor, count: number, kept: Tensor): void;
  /** Of an attention, by heads; absent for others. */
  readonly heads?: HeadsSite;
}

/** An attention whose heads are computed or reused one by one. */
export interface HeadsSite {
  readonly count: number;
  /** Shape of what all heads come to, before it is projected: [tokens, heads * head's width]. */
  readonly shape: readonly [number, number];
  /** Records the sub-layer; of its attention, only some heads are computed. */
  record(ops: OpContext, heads: PartialHeads): void;
}

/** An attention of which only some heads are computed. */
export interface PartialHeads {
  /** What all heads come to, [tokens, width] in the operands' type: computed heads overwrite their part, others stay. */
  readonly attended: Tensor;
  /** [heads] u32: 1 for those that are computed. */
  readonly mask: Tensor;
}

/** A block, as caching takes it apart. */
export interface BlockSite {
  /** By name, in the order that they run. */
  readonly subLayers: Readonly<Record<string, SubLayerSite>>;
  /**
   * Records `LN(x) (1 + scale) + shift`, the modulated input of its first sub-layer, from the stream as it enters.
   *
   * @param out [tokens, width] f32 or f16.
   */
  recordModulatedInput(ops: OpContext, out: Tensor): void;
}

/** The recorded sections of a forward, to be run in this order. */
export interface ForwardSections {
  readonly embed: string;
  readonly blocks: readonly string[];
  readonly head: string;
}

/** A part of a tensor, in elements. */
export interface TensorPart {
  readonly tensor: Tensor;
  readonly offset: number;
  readonly count: number;
}

/** What a model offers of a forward to whoever runs only parts of it: its sites. */
export interface ForwardSites {
  /** In the run's own recording: they run as they would without caching, bit for bit. */
  readonly sections: ForwardSections;
  /** The tokens between blocks, [tokens, width] f32: blocks read it and add to it. */
  readonly stream: Tensor;
  /** How tokens lie: frames, each of rows of so many, one after the other. */
  readonly grid: readonly [frames: number, rows: number, columns: number];
  /** What it begins with; absent of a forward of some frames of a clip. */
  readonly latents?: TensorPart;
  /** What the head writes; absent where that is in pieces, of a forward of some frames of a clip. */
  readonly velocity?: TensorPart;
  readonly blocks: readonly BlockSite[];
}
