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

/**
 * Whether kernels must be small to compile in time. Of CPU drivers only SwiftShader, which has no f16, compiles large
 * tiles in a moment; lavapipe takes seconds for each, and again whenever it drops one to make room for the next.
 */
export function compilesSlowly({ software, f16 }: Capabilities): boolean {
  return software && f16;
}

/** The adapter in a few words, e.g. `google swiftshader`, as reports print it. */
export function describeAdapter(info: GPUAdapterInfo): string {
  const words = [info.vendor, info.architecture, info.device].filter((word) => word && !/^0x/.test(word));
  return words.join(' ') || info.description || 'unnamed adapter';
}
