/** How far a tensor is from its recording. */
export interface Difference {
  readonly name: string;
  readonly maxAbsolute: number;
  /** ||ours - golden|| / ||golden||, in float64. */
  readonly relativeL2: number;
}

/** Compares a tensor with its recording; a NaN on either side makes both measures infinite. */
export function compare(name: string, ours: ArrayLike<number>, golden: ArrayLike<number>): Difference {
  if (ours.length !== golden.length) throw new Error(`${name}: ${ours.length} values, not ${golden.length}`);
  let maxAbsolute = 0;
  let squares = 0;
  let total = 0;
  for (let i = 0; i < golden.length; i++) {
    const want = golden[i] as number;
    const error = Math.abs((ours[i] as number) - want);
    if (Number.isNaN(error))
      return { name, maxAbsolute: Number.POSITIVE_INFINITY, relativeL2: Number.POSITIVE_INFINITY };
    maxAbsolute = Math.max(maxAbsolute, error);
    squares += error * error;
    total += want * want;
  }
  return { name, maxAbsolute, relativeL2: squares === 0 ? 0 : Math.sqrt(squares / total) };
}
