import { LimitError } from '../errors.ts';

/** Limits that Stillframe asks for, each with the least that any model needs (WebGPU's defaults: every adapter has them). */
const WANTED = {
  maxBufferSize: 256 * 2 ** 20,
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 16 * 2 ** 10,
  maxComputeWorkgroupSizeX: 256,
} as const;

type LimitName = keyof typeof WANTED;

/** What the largest tensor of a model needs from a device, in bytes. */
export interface LimitNeeds {
  /** The largest single buffer and binding. */
  readonly largestBuffer?: number;
}

/**
 * The limits to request: the adapter's own for sizes, the defaults for the rest, so that no kernel comes to depend on
 * more than a default device has.
 *
 * @throws {LimitError} when the adapter is below what is needed.
 */
export function requiredLimits(adapter: GPUSupportedLimits, needs: LimitNeeds = {}): Record<string, number> {
  const limits: Record<string, number> = {};
  for (const [name, least] of Object.entries(WANTED) as [LimitName, number][]) {
    const isSize = name === 'maxBufferSize' || name === 'maxStorageBufferBindingSize';
    const need = isSize ? Math.max(needs.largestBuffer ?? 0, 0) : least;
    if (adapter[name] < need) {
      throw new LimitError(
        `This GPU's ${name} is ${adapter[name]}; ${need} is needed.`,
        'Use a smaller size or fewer frames, or a browser or GPU with higher limits.',
      );
    }
    limits[name] = isSize ? adapter[name] : Math.min(adapter[name], least);
  }
  return limits;
}

/**
 * Checks a buffer against the device's limits before it is made: WebGPU itself would only hand back an invalid buffer.
 *
 * @param label The tensor's name. @param bytes Its size.
 * @throws {LimitError} naming the tensor, its size and the limit.
 */
export function checkBufferSize(limits: GPUSupportedLimits, label: string, bytes: number): void {
  const limit = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  if (bytes > limit) {
    throw new LimitError(
      `${label} needs a buffer of ${bytes} bytes; this device allows ${limit}.`,
      'Use a smaller size or fewer frames, or a GPU with larger buffers.',
    );
  }
}
