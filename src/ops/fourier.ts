/** A matrix on the host, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array<ArrayBuffer>;
}

/** A matrix by its entries, made in float64. */
export function matrix(rows: number, columns: number, entry: (row: number, column: number) => number): Matrix {
  const values = Float32Array.from({ length: rows * columns }, (_, i) => entry(Math.floor(i / columns), i % columns));
  return { rows, columns, values };
}

/** Rows and columns exchanged. */
export function transposed({ rows, columns, values }: Matrix): Matrix {
  return matrix(columns, rows, (row, column) => values[column * columns + row] as number);
}

/** The frequency, in periods over the axis, of each row of `fourierBasis`: 0, 1, 1, 2, 2, ... */
export function basisFrequencies(most: number): number[] {
  return Array.from({ length: 2 * most + 1 }, (_, i) => Math.ceil(i / 2));
}

/**
 * The real Fourier basis of an axis, orthonormal: a constant, then cosine and sine of each frequency. A filter that
 * treats a frequency and its negative alike, as all of real tensors do, is diagonal in it.
 *
 * @param length Of the axis. @param most The highest frequency, below half of the length.
 * @returns [2 most + 1, length].
 */
export function fourierBasis(length: number, most: number): Matrix {
  if (2 * most >= length) throw new Error(`frequencies up to ${most} on an axis of ${length}`);
  const frequencies = basisFrequencies(most);
  return matrix(frequencies.length, length, (row, at) => {
    const frequency = frequencies[row] as number;
    if (frequency === 0) return Math.sqrt(1 / length);
    const wave = row % 2 === 1 ? Math.cos : Math.sin;
    return Math.sqrt(2 / length) * wave((2 * Math.PI * frequency * at) / length);
  });
}

/**
 * A filter along an axis as one matrix, transform and back: `K[i, j] = 1/n sum_f gain(f) cos(2 pi f (i - j) / n)`.
 *
 * @param gain By frequency, 0 to half of the length: in periods over the axis.
 */
export function filterMatrix(length: number, gain: (frequency: number) => number): Matrix {
  const gains = Array.from({ length }, (_, f) => gain(Math.min(f, length - f)));
  const taps = Array.from(
    { length },
    (_, d) => gains.reduce((sum, g, f) => sum + g * Math.cos((2 * Math.PI * f * d) / length), 0) / length,
  );
  return matrix(length, length, (i, j) => taps[Math.abs(i - j)] as number);
}
