import { OptionError } from '../errors.ts';
import { type KnownKeys, refuseUnknown } from '../known-keys.ts';
import { lazy } from '../lazy.ts';

/** Options of `Clip.toBlob`. */
export interface EncodeOptions {
  /** The container. Default: MP4 if the browser can encode H.264 at this size, else WebM. */
  readonly type?: 'video/mp4' | 'video/webm';
  /** Bits a second, for H.264 at least 200,000. Default: 0.6 a pixel, at least 250,000. */
  readonly bitrate?: number;
  /** After each frame: how many of how many are encoded. */
  readonly onProgress?: (progress: { readonly loaded: number; readonly total: number }) => void;
  /** Stops the encoding, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const OPTIONS: KnownKeys<EncodeOptions> = { type: 1, bitrate: 1, onProgress: 1, signal: 1 };

/** The frames to encode. */
export interface EncodeSource {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly frameCount: number;
  /** Frames a second. */
  readonly fps: number;
  /** Makes a frame, which `encode` closes. */
  readonly read: (frame: number) => Promise<VideoFrame>;
}

/**
 * Encodes frames into a file.
 *
 * @throws {VideoEncoderError} listing what was tried, when no encoder takes them.
 * @throws {OptionError} on another container or an impossible bitrate.
 * @throws {SourceError} when the encoder's own code cannot be loaded; `options.signal.reason` on abort.
 */
export async function encode(source: EncodeSource, options: EncodeOptions): Promise<Blob> {
  checkOptions(options);
  options.signal?.throwIfAborted();
  // Loaded when first needed: the muxer is larger than all the rest.
  const { encodeWithBest } = await lazy('video files', import('./encoder.ts'));
  options.signal?.throwIfAborted();
  return encodeWithBest(source, options);
}

function checkOptions(options: EncodeOptions): void {
  refuseUnknown('toBlob', options, OPTIONS);
  const { type, bitrate } = options;
  if (type !== undefined && type !== 'video/mp4' && type !== 'video/webm') {
    throw new OptionError(`type is ${type}.`, 'It can be video/mp4 or video/webm.');
  }
  if (bitrate !== undefined && !(Number.isInteger(bitrate) && bitrate > 0)) {
    throw new OptionError(`bitrate is ${bitrate}.`, 'It must be a positive integer, in bits a second.');
  }
}
