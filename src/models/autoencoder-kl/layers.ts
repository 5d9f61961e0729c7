import type { Tensor } from '../../gpu/tensor.ts';
import type { OpContext } from '../../ops/context.ts';
import { type ConvWeight, conv } from '../../ops/conv.ts';
import type { Taps } from '../../ops/conv-layout.ts';
import { groupNorm } from '../../ops/group-norm.ts';
import type { WeightSet } from '../../weights/weight-set.ts';
import { framesShape } from '../vae/chunk.ts';
import { convWeight } from '../vae/weights.ts';

/** A convolution of 3 x 3 in each frame. */
const SQUARE: Taps = [1, 3, 3];

/** A `GroupNorm`, and where told the SiLU after it. */
export class Norm {
  readonly #affine: { readonly weight: Tensor; readonly bias: Tensor };

  /** Declares `name.weight` and `name.bias`. */
  constructor(
    weights: WeightSet,
    private readonly name: string,
    channels: number,
    private readonly groups: number,
  ) {
    const vector = (part: string) => weights.vector(`${name}.${part}`, [channels]);
    this.#affine = { weight: vector('weight'), bias: vector('bias') };
  }

  /** Records it on x, [frames, height, width, channels] f32. @returns As many, in the operands' type. */
  record(ops: OpContext, x: Tensor, silu: boolean): Tensor {
    const out = ops.recorder.temporary(this.name, x.shape, ops.operands);
    groupNorm(ops, { x, out, groups: this.groups, ...this.#affine, silu });
    return out;
  }
}

/** A `Conv2d` of 3 x 3; `Upsample2D` is one, after each pixel became 2 x 2. */
export class Conv {
  readonly #weight: ConvWeight;

  /** Declares `name.weight` and `name.bias`. */
  constructor(
    weights: WeightSet,
    private readonly name: string,
    channels: readonly [into: number, out: number],
    private readonly sampling: 'same' | 'up2' = 'same',
  ) {
    this.#weight = convWeight(weights, name, channels, SQUARE, { is2d: true });
  }

  /** Records it on x, [frames, height, width, channels] f32 or f16. @returns The same with its own channels, f32. */
  record(ops: OpContext, x: Tensor): Tensor {
    const out = ops.recorder.temporary(`${this.name}.out`, this.outShape(x));
    this.recordInto(ops, x, out);
    return out;
  }

  /** Records it into `out`, of `outShape`; added to it where `residual`. */
  recordInto(ops: OpContext, x: Tensor, out: Tensor, residual = false): void {
    conv(ops, { x, weight: this.#weight, out, sampling: this.sampling, residual });
  }

  /** The shape of its output; channels are padded to whole vec4s. */
  outShape(x: Tensor): number[] {
    const [frames, height, width] = framesShape(x);
    const factor = this.sampling === 'up2' ? 2 : 1;
    return [frames, factor * height, factor * width, this.#weight.outChannels];
  }
}
