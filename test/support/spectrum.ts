/**
 * Images filtered in the frequency domain, by discrete Fourier sums in float64: what kernels are compared with.
 *
 * @param gain By signed frequencies along rows and columns, -n/2 to n/2.
 */
export function filtered2d(
  x: ArrayLike<number>,
  rows: number,
  columns: number,
  gain: (alongRows: number, alongColumns: number) => number,
): Float64Array {
  const signed = (f: number, n: number) => (2 * f <= n ? f : f - n);
  const out = new Float64Array(x.length);
  for (let first = 0; first < x.length; first += rows * columns) {
    for (let v = 0; v < rows; v++) {
      for (let u = 0; u < columns; u++) {
        let [re, im] = [0, 0];
        const angle = (i: number) =>
          2 * Math.PI * ((v * Math.floor(i / columns)) / rows + (u * (i % columns)) / columns);
        for (let i = 0; i < rows * columns; i++) {
          re += (x[first + i] as number) * Math.cos(angle(i));
          im -= (x[first + i] as number) * Math.sin(angle(i));
        }
        const scale = gain(signed(v, rows), signed(u, columns)) / (rows * columns);
        for (let i = 0; i < rows * columns; i++) {
          out[first + i] = (out[first + i] as number) + scale * (re * Math.cos(angle(i)) - im * Math.sin(angle(i)));
        }
      }
    }
  }
  return out;
}
