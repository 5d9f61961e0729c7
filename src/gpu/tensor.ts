/** How a tensor's elements lie in its buffer. `f16` elements are two to a 32-bit word, whatever the kernel calls them. */
export type Dtype = 'f32' | 'f16' | 'u32';

/** Bytes of one element. */
export const elementBytes: Record<Dtype, number> = { f32: 4, f16: 2, u32: 4 };

/** The number of elements of a shape; 1 for a scalar's empty one. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * A dense, row-major array on the GPU. It is a description until something gives it a buffer: `GpuMemory` to weights,
 * a `Program` to what it computes. So a whole run can be recorded and its memory planned before a byte is allocated.
 */
export class Tensor {
  /** Storage bytes, rounded up to a whole vec4 of words, which is what kernels load. */
  readonly bytes: number;
  #buffer: GPUBuffer | undefined;

  /**
   * @param label Appears on the GPU buffer and in errors, e.g. `blocks.3.ffn.net.0.proj.weight`.
   * @param shape Sizes, slowest dimension first.
   */
  constructor(
    readonly label: string,
    readonly dtype: Dtype,
    readonly shape: readonly number[],
  ) {
    this.bytes = Math.max(16, Math.ceil((elements(shape) * elementBytes[dtype]) / 16) * 16);
  }

  /** The buffer behind it; it may be larger than `bytes`. Throws when nothing has been allocated yet. */
  get buffer(): GPUBuffer {
    if (!this.#buffer) throw new Error(`${this.label} has no buffer yet: its program is not allocated`);
    return this.#buffer;
  }

  /** Whether a buffer is bound. */
  get isAllocated(): boolean {
    return this.#buffer !== undefined;
  }

  /** Gives it a buffer, or with `undefined` takes it away. */
  bind(buffer: GPUBuffer | undefined): void {
    this.#buffer = buffer;
  }
}
