/**
 * Sinusoidal embedding of timesteps, [timesteps, width]: cosines, then sines, of `t * exp(-ln(10000) i / (width/2))`.
 * Every operation is rounded to f32 as PyTorch's is: at t = 1000 the phase would otherwise differ in the fourth digit.
 *
 * Source: diffusers `get_timestep_embedding` with `flip_sin_to_cos`.
 *
 * @param downscaleFreqShift 0, or 1 for DiT.
 */
export function timestepEmbedding(
  timesteps: readonly number[],
  width: number,
  downscaleFreqShift = 0,
): Float32Array<ArrayBuffer> {
  const half = width / 2;
  const out = new Float32Array(timesteps.length * width);
  for (let i = 0; i < half; i++) {
    const exponent = Math.fround(Math.fround(-Math.log(10000) * i) / Math.fround(half - downscaleFreqShift));
    const frequency = Math.fround(Math.exp(exponent));
    for (const [row, timestep] of timesteps.entries()) {
      const phase = Math.fround(Math.fround(timestep) * frequency);
      out[row * width + i] = Math.cos(phase);
      out[row * width + half + i] = Math.sin(phase);
    }
  }
  return out;
}
