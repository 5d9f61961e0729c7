/** How a file stores weights. */
export interface WeightFormat {
  /** Numbers that are stored together: 1, or as many as share a scale. A row of a matrix is whole blocks. */
  readonly blockSize: number;
  /** Bytes of a block. */
  readonly blockBytes: number;
  /** Whole blocks, little-endian, as f32: exact for floats, and as the reference rounds for others. */
  decode(bytes: Uint8Array): Float32Array<ArrayBuffer>;
}
