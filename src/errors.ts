/**
 * Every error that Stillframe throws on purpose: a name to catch, the numbers, and the way out.
 *
 * @module
 */

/** The base of all named errors; `instanceof StillframeError` tells ours from a bug's. */
export class StillframeError extends Error {
  /** The class's name; unlike a constructor's, it survives minification. */
  override readonly name: string = 'StillframeError';

  /**
   * @param problem What happened, with the thing's name and the numbers.
   * @param remedy What to do about it: a whole sentence.
   */
  constructor(
    readonly problem: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${problem} ${remedy}`, options);
  }
}

/** The browser has no WebGPU, or it offers no adapter. */
export class NoWebGpuError extends StillframeError {
  override readonly name = 'NoWebGpuError';
}

/** The device was lost (driver reset, watchdog, `device.destroy()`); what was running on it is gone. */
export class DeviceLostError extends StillframeError {
  override readonly name = 'DeviceLostError';
}

/** The adapter's limits are below what a model or a size needs. */
export class LimitError extends StillframeError {
  override readonly name = 'LimitError';
}

/** The GPU ran out of memory while a buffer was made. */
export class OutOfMemoryError extends StillframeError {
  override readonly name = 'OutOfMemoryError';
}

/** A kernel did not compile, or a dispatch did not validate: a bug here or in the driver, with the numbered source. */
export class KernelError extends StillframeError {
  override readonly name = 'KernelError';
}

/** An option of the public API is out of range; the message names its path and what is allowed. */
export class OptionError extends StillframeError {
  override readonly name = 'OptionError';
}

/** A weights file breaks a rule of its format; the message names file, tensor and rule. */
export class WeightsError extends StillframeError {
  override readonly name = 'WeightsError';
}

/** A file's SHA-256 or length is not what the manifest says. */
export class IntegrityError extends StillframeError {
  override readonly name = 'IntegrityError';
}

/** A file could not be read from its source (HTTP status, network, missing in a folder). */
export class SourceError extends StillframeError {
  override readonly name: string = 'SourceError';
}

/** A model folder asks for a class, a configuration or a sampler that is not built. */
export class UnsupportedModelError extends StillframeError {
  override readonly name = 'UnsupportedModelError';
}

/** The browser has no video encoder that takes a clip; the message lists what was tried. */
export class VideoEncoderError extends StillframeError {
  override readonly name = 'VideoEncoderError';
}

/** The message of anything thrown, for use inside a longer one. */
export function causeMessage(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
