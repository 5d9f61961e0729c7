import { type DiTTransformer2DConfig, innerDim } from './config.ts';

/** Base of the frequencies. */
const THETA = 10000;

/**
 * What is added to the tokens of a square grid for where they are, [side * side, width] f32: the first half of the
 * channels for the column, the second for the row; of each, sines and then cosines of `position * 10000^(-4j / width)`.
 * Positions of a grid other than the model's own are stretched onto it.
 *
 * Source: diffusers `PatchEmbed`, `get_2d_sincos_pos_embed`.
 *
 * @param side Tokens along rows and columns.
 */
export function ditPositionEmbedding(config: DiTTransformer2DConfig, side: number): Float32Array<ArrayBuffer> {
  const width = innerDim(config);
  const quarter = width / 4;
  const stretch = Math.fround((side * config.patchSize) / config.sampleSize);
  const table = new Float32Array(side * side * width);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const token = (row * side + column) * width;
      for (const [half, index] of [column, row].entries()) {
        const position = Math.fround(index / stretch);
        for (let j = 0; j < quarter; j++) {
          const angle = position / THETA ** (j / quarter);
          const at = token + half * 2 * quarter + j;
          table[at] = Math.sin(angle);
          table[at + quarter] = Math.cos(angle);
        }
      }
    }
  }
  return table;
}
