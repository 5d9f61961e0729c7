import type { Recorder } from '../../gpu/recorder.ts';
import { type Dtype, elementBytes, elements, type Tensor } from '../../gpu/tensor.ts';

/** [frames, height, width, channels], channels in whole vec4s. */
export type FramesShape = readonly [frames: number, height: number, width: number, channels: number];

/** The shape of a tensor of frames. */
export function framesShape(tensor: Tensor): FramesShape {
  const [frames = 0, height = 0, width = 0, channels = 0] = tensor.shape;
  return [frames, height, width, channels];
}

/** Bytes of one frame of a tensor of frames. */
export function frameBytes({ shape, dtype }: Tensor): number {
  return elements(shape.slice(1)) * elementBytes[dtype];
}

/** A causal layer's input: the frames kept from the chunk before, then the chunk's. */
export interface CausalInput {
  readonly x: Tensor;
  /** Frames kept from the chunk before: none at the start of a clip. */
  readonly kept: number;
}

/** What the layers keep of one chunk for the next: the last frames of each causal layer's input. */
export class History {
  readonly #frames = new Map<string, Tensor>();

  constructor(private readonly recorder: Recorder) {}

  /** The frames kept by a layer, `past` of them. */
  of(layer: string, past: number, like: Tensor): Tensor {
    let kept = this.#frames.get(layer);
    if (!kept) {
      kept = this.recorder.persistent(`${layer}.history`, [past, ...like.shape.slice(1)], like.dtype);
      this.#frames.set(layer, kept);
    }
    return kept;
  }
}

/**
 * Consecutive frames of a clip that are computed together. Layers only look back, so a clip may be cut anywhere between
 * latents, if each layer gets the last frames of its input before the cut again.
 */
export class Chunk {
  /**
   * @param isFirst Whether the clip begins with it: before it are zeros.
   * @param history Absent where a clip is one chunk.
   */
  constructor(
    private readonly recorder: Recorder,
    readonly isFirst: boolean,
    private readonly history?: History,
  ) {}

  /**
   * Records the input of a causal layer that looks `past` frames back.
   *
   * @param shape Of the frames that `write` writes.
   * @param write Records writing them, from frame `kept` of `x` on.
   */
  causalInput(
    layer: string,
    shape: FramesShape,
    past: number,
    write: (input: CausalInput) => void,
    dtype: Dtype = 'f32',
  ): CausalInput {
    const [frames, ...pixels] = shape;
    const kept = this.isFirst ? 0 : past;
    const x = this.recorder.temporary(layer, [kept + frames, ...pixels], dtype);
    const history = this.history?.of(layer, past, x);
    const bytes = frameBytes(x);
    if (history && kept > 0) this.recorder.copy(history, x, kept * bytes);
    if (frames > 0) write({ x, kept });
    if (history) {
      const known = Math.min(past, kept + frames);
      if (known < past) this.recorder.clear(history);
      const offsets = [(kept + frames - known) * bytes, (past - known) * bytes] as const;
      if (known > 0) this.recorder.copy(x, history, known * bytes, ...offsets);
    }
    return { x, kept };
  }
}
