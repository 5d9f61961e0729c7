import type { Tensor } from '../../gpu/tensor.ts';
import type { OpContext } from '../../ops/context.ts';
import { type ConvWeight, conv } from '../../ops/conv.ts';
import type { Taps } from '../../ops/conv-layout.ts';
import type { WeightSet } from '../../weights/weight-set.ts';
import { type Chunk, frameBytes, framesShape } from './chunk.ts';
import { convWeight } from './weights.ts';

const SQUARE: Taps = [1, 3, 3];
const TIME: Taps = [3, 1, 1];

/**
 * A decoder's `WanResample`: each pixel becomes 2 x 2 and, with `time_conv`, each frame two. The clip's first frame
 * stays one, and `time_conv` takes it for zeros.
 */
export class Upsample {
  readonly #timeConv: ConvWeight | undefined;
  readonly #resample: ConvWeight;

  /** Declares the weights under `prefix`, e.g. `decoder.up_blocks.0.upsamplers.0`. */
  constructor(
    weights: WeightSet,
    private readonly prefix: string,
    [inChannels, outChannels]: readonly [into: number, out: number],
    inTime: boolean,
  ) {
    if (inTime) {
      this.#timeConv = convWeight(weights, `${prefix}.time_conv`, [inChannels, 2 * inChannels], TIME, { groups: 2 });
    }
    this.#resample = convWeight(weights, `${prefix}.resample.1`, [inChannels, outChannels], SQUARE, { is2d: true });
  }

  /** Records it on x, [frames, height, width, channels]; returns the larger frames. */
  record(ops: OpContext, chunk: Chunk, x: Tensor): Tensor {
    const hidden = this.#timeConv ? this.#recordTime(ops, chunk, x, this.#timeConv) : x;
    const [frames, height, width] = framesShape(hidden);
    const shape = [frames, 2 * height, 2 * width, this.#resample.outChannels];
    const out = ops.recorder.temporary(`${this.prefix}.out`, shape);
    conv(ops, { x: hidden, weight: this.#resample, out, sampling: 'up2' });
    return out;
  }

  #recordTime(ops: OpContext, chunk: Chunk, x: Tensor, weight: ConvWeight): Tensor {
    const { recorder } = ops;
    const [frames, height, width, depth] = framesShape(x);
    const passed = chunk.isFirst ? 1 : 0;
    const doubled = frames - passed;
    const out = recorder.temporary(`${this.prefix}.doubled`, [passed + 2 * doubled, height, width, depth]);
    if (passed) recorder.copy(x, out, frameBytes(x));
    const layer = `${this.prefix}.time_conv`;
    const input = chunk.causalInput(layer, [doubled, height, width, depth], TIME[0] - 1, ({ x: to, kept }) => {
      recorder.copy(x, to, doubled * frameBytes(x), passed * frameBytes(x), kept * frameBytes(x));
    });
    const map = { frames: doubled, now: input.kept, outFrame: passed };
    if (doubled > 0) conv(ops, { x: input.x, weight, out, interleave: true, map });
    return out;
  }
}

/**
 * An encoder's `WanResample`: 2 x 2 pixels become one and, with `time_conv`, two frames. The clip's first frame stays
 * one; each later one is made of itself and the two before it.
 */
export class Downsample {
  readonly #timeConv: ConvWeight | undefined;
  readonly #resample: ConvWeight;

  /** Declares the weights under `prefix`, e.g. `encoder.down_blocks.2`. */
  constructor(
    weights: WeightSet,
    private readonly prefix: string,
    channels: number,
    inTime: boolean,
  ) {
    const square = [channels, channels] as const;
    this.#resample = convWeight(weights, `${prefix}.resample.1`, square, SQUARE, { is2d: true });
    if (inTime) this.#timeConv = convWeight(weights, `${prefix}.time_conv`, square, TIME);
  }

  /** Records it on x, [frames, height, width, channels]; returns the smaller frames. */
  record(ops: OpContext, chunk: Chunk, x: Tensor): Tensor {
    const { recorder } = ops;
    const [frames, height, width, depth] = framesShape(x);
    const shape = [frames, Math.floor(height / 2), Math.floor(width / 2), depth] as const;
    const weight = this.#timeConv;
    if (!weight) {
      const out = recorder.temporary(`${this.prefix}.out`, shape);
      conv(ops, { x, weight: this.#resample, out, sampling: 'down2' });
      return out;
    }
    const input = chunk.causalInput(`${this.prefix}.time_conv`, shape, 1, ({ x: to, kept }) => {
      conv(ops, { x, weight: this.#resample, out: to, sampling: 'down2', map: { frames, outFrame: kept } });
    });
    const passed = chunk.isFirst ? 1 : 0;
    const halved = Math.floor((frames - passed) / 2);
    const out = recorder.temporary(`${this.prefix}.out`, [passed + halved, ...shape.slice(1)]);
    if (passed) recorder.copy(input.x, out, frameBytes(out));
    const map = { frames: halved, now: 2, timeStride: 2, outFrame: passed };
    if (halved > 0) conv(ops, { x: input.x, weight, out, map });
    return out;
  }
}
