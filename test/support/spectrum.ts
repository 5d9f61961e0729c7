/**
 * Values filtered in the frequency domain, by discrete Fourier sums in float64: what kernels are compared with.
 *
 * @param x Of any number of grids, one after the other. @param sizes Of a grid, slowest axis first.
 * @param gain By signed frequencies along the axes, -n/2 to n/2.
 */
export function filtered(
  x: ArrayLike<number>,
  sizes: readonly number[],
  gain: (...frequencies: number[]) => number,
): Float64Array {
  const count = sizes.reduce((product, size) => product * size, 1);
  const places = Array.from({ length: count }, (_, i) => {
    const place: number[] = [];
    for (const size of [...sizes].reverse()) {
      place.unshift(i % size);
      i = Math.floor(i / size);
    }
    return place;
  });
  const signed = (f: number, n: number) => (2 * f <= n ? f : f - n);
  const out = new Float64Array(x.length);
  for (const wave of places) {
    const phase = (place: readonly number[]) =>
      2 * Math.PI * place.reduce((sum, at, axis) => sum + ((wave[axis] as number) * at) / (sizes[axis] as number), 0);
    const angles = places.map(phase);
    const scale = gain(...wave.map((f, axis) => signed(f, sizes[axis] as number))) / count;
    for (let first = 0; first < x.length; first += count) {
      let [re, im] = [0, 0];
      for (const [i, angle] of angles.entries()) {
        re += (x[first + i] as number) * Math.cos(angle);
        im -= (x[first + i] as number) * Math.sin(angle);
      }
      for (const [i, angle] of angles.entries()) {
        out[first + i] = (out[first + i] as number) + scale * (re * Math.cos(angle) - im * Math.sin(angle));
      }
    }
  }
  return out;
}
