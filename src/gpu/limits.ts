import { LimitError } from '../errors.ts';

/** What kernels rely on: WebGPU's defaults, which every adapter should have. */
const NEEDED = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 16 * 2 ** 10,
  maxComputeWorkgroupSizeX: 256,
} as const;

/** Sizes that are asked for as large as the adapter has them: by default buffers would end at 128 MiB. */
const SIZES = ['maxBufferSize', 'maxStorageBufferBindingSize'] as const;

/**
 * The limits to request: the adapter's own for sizes, and no more than kernels need of the rest, so that none comes to
 * depend on more than a default device has.
 *
 * @throws {LimitError} when the adapter is below what is needed.
 */
export function requiredLimits(adapter: GPUSupportedLimits): Record<string, number> {
  for (const [name, need] of Object.entries(NEEDED) as [keyof typeof NEEDED, number][]) {
    if (adapter[name] < need) {
      throw new LimitError(
        `This GPU's ${name} is ${adapter[name]}; ${need} is needed.`,
        'Use a browser or GPU with higher limits.',
      );
    }
  }
  return { ...NEEDED, ...Object.fromEntries(SIZES.map((name) => [name, adapter[name]])) };
}

/** The most bytes of one buffer: every buffer is bound whole. */
export function largestAllowed({ maxBufferSize, maxStorageBufferBindingSize }: GPUSupportedLimits): number {
  return Math.min(maxBufferSize, maxStorageBufferBindingSize);
}

/**
 * Checks a buffer against the device's limits before it is made: WebGPU itself would only hand back an invalid buffer.
 *
 * @param label The tensor's name. @param bytes Its size.
 * @throws {LimitError} naming the tensor, its size and the limit.
 */
export function checkBufferSize(limits: GPUSupportedLimits, label: string, bytes: number): void {
  const limit = largestAllowed(limits);
  if (bytes > limit) {
    throw new LimitError(
      `${label} needs a buffer of ${bytes} bytes; this device allows ${limit}.`,
      'Use a smaller size or fewer frames, or a GPU with larger buffers.',
    );
  }
}
