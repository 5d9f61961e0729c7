import type { ScaleShift } from './action.ts';

/** Sums that a fit needs of each channel: of newer values, older ones, their products, and squares of older ones. */
export const MOMENTS = 4;

/**
 * The line by least squares from older values of each channel to newer ones, in closed form. What it comes to is never
 * further from the newer values, in squares, than the older ones are as they stand.
 */
export class ChannelFit {
  readonly #sums: Float64Array;
  #rows = 0;

  constructor(private readonly channels: number) {
    this.#sums = new Float64Array(MOMENTS * channels);
  }

  /** Takes the sums of so many rows. @param sums [MOMENTS, channels]. */
  add(rows: number, sums: ArrayLike<number>): void {
    this.#rows += rows;
    for (let i = 0; i < this.#sums.length; i++) this.#sums[i] = (this.#sums[i] as number) + (sums[i] as number);
  }

  /** Scale and shift of each channel; of one that never varies, or is not finite: as it is. */
  get line(): ScaleShift {
    const [scale, shift] = [new Float64Array(this.channels).fill(1), new Float64Array(this.channels)];
    for (let c = 0; c < this.channels; c++) {
      const [newer, older, products, squares] = [0, 1, 2, 3].map(
        (i) => this.#sums[i * this.channels + c] as number,
      ) as [number, number, number, number];
      const spread = this.#rows * squares - older * older;
      const slope = (this.#rows * products - newer * older) / spread;
      const offset = (newer - slope * older) / this.#rows;
      // Less spread than rounding leaves is none.
      if (!(spread > 1e-6 * this.#rows * squares) || !Number.isFinite(slope + offset)) continue;
      scale[c] = slope;
      shift[c] = offset;
    }
    return { scale, shift };
  }
}
