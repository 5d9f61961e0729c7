/** CSS pixels left of the first step, in everything that is drawn over the steps: so that the same step is below itself. */
export const GUTTER = 64;

/** CSS pixels right of the last step. */
export const END = 8;

/** CSS pixels over and under the field of a chart. */
export const FIELD_TOP = 8;
export const FIELD_BOTTOM = 24;

/** The same under one whose axis has a name. */
export const NAMED_BOTTOM = 40;

/** Which steps to name under a picture, so that few of many are: 0, and every so many-th after it. */
export function stepTicks(steps: number): readonly number[] {
  const every = [1, 2, 5, 10, 20, 50, 100].find((count) => steps / count <= 10) ?? Math.ceil(steps / 10);
  return Array.from({ length: Math.ceil(steps / every) }, (_, i) => i * every);
}
