import type { WanTransformerConfig } from './config.ts';

/** Base of the rotary frequencies. */
const THETA = 10000;

/**
 * The rotary table of a grid of tokens, [frames * rows * columns, headDim / 2] pairs (cos, sin). A head's channels are
 * split between the axes: rows and columns get `2 * floor(headDim / 6)` each, frames the rest; pair j of an axis of d
 * channels turns by `position * 10000^(-2j / d)`, computed in float64 as diffusers' `WanRotaryPosEmbed` does.
 *
 * @param grid Tokens along frames, rows and columns.
 */
export function wanRopeTable(
  config: Pick<WanTransformerConfig, 'attentionHeadDim'>,
  grid: readonly [frames: number, rows: number, columns: number],
): Float32Array<ArrayBuffer> {
  const { attentionHeadDim } = config;
  const side = 2 * Math.floor(attentionHeadDim / 6);
  const widths = [attentionHeadDim - 2 * side, side, side] as const;
  const pairs = attentionHeadDim / 2;
  const table = new Float32Array(grid[0] * grid[1] * grid[2] * pairs * 2);
  let at = 0;
  for (let frame = 0; frame < grid[0]; frame++) {
    for (let row = 0; row < grid[1]; row++) {
      for (let column = 0; column < grid[2]; column++) {
        for (const [axis, position] of [frame, row, column].entries()) {
          const width = widths[axis] as number;
          for (let j = 0; j < width / 2; j++) {
            const angle = position / THETA ** ((2 * j) / width);
            table[at++] = Math.cos(angle);
            table[at++] = Math.sin(angle);
          }
        }
      }
    }
  }
  return table;
}
