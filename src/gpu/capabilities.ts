/** What kernels may use on a device: plain data, so that the choice of variants is tested without a GPU. */
export interface Capabilities {
  /** `shader-f16`: f16 arrays and arithmetic. */
  readonly f16: boolean;
  /** `subgroups`. */
  readonly subgroups: boolean;
  /** `timestamp-query`: GPU times of passes. */
  readonly timestamps: boolean;
  /** A CPU pretends to be a GPU: a workgroup barrier there costs more than the arithmetic it saves. */
  readonly software: boolean;
}

/** Software Vulkan drivers that do not always report themselves as fallback adapters. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|warp/i;

/** Reads the capabilities off an adapter or a device. */
export function readCapabilities(features: ReadonlySet<string>, info: GPUAdapterInfo): Capabilities {
  return {
    f16: features.has('shader-f16'),
    subgroups: features.has('subgroups'),
    timestamps: features.has('timestamp-query'),
    software:
      info.isFallbackAdapter === true || SOFTWARE.test(describeAdapter(info)) || SOFTWARE.test(info.description),
  };
}

/** The adapter in a few words, e.g. `google swiftshader`, as reports print it. */
export function describeAdapter(info: GPUAdapterInfo): string {
  const words = [info.vendor, info.architecture, info.device].filter((word) => word && !/^0x/.test(word));
  return words.join(' ') || info.description || 'unnamed adapter';
}
