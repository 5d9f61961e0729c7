/** The size of latents without their channels. */
export type LatentSize = readonly [frames: number, rows: number, columns: number];
