import type { VideoCodec } from 'mediabunny';
import { OptionError, VideoEncoderError } from '../errors.ts';

/** Options of `Clip.toBlob`. */
export interface EncodeOptions {
  /** The container. Default: MP4 if the browser can encode H.264 at this size, else WebM. */
  readonly type?: 'video/mp4' | 'video/webm';
  /** Bits a second, for H.264 at least 200,000. Default: 0.6 a pixel, at least 250,000. */
  readonly bitrate?: number;
  /** After each frame: how many of how many are encoded. */
  readonly onProgress?: (progress: { readonly loaded: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

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

/** What is tried, in this order: H.264 in MP4 plays everywhere, the rest are what free browsers have. */
const CANDIDATES: readonly { type: NonNullable<EncodeOptions['type']>; codec: VideoCodec }[] = [
  { type: 'video/mp4', codec: 'avc' },
  { type: 'video/webm', codec: 'vp9' },
  { type: 'video/webm', codec: 'vp8' },
  { type: 'video/webm', codec: 'av1' },
  { type: 'video/mp4', codec: 'vp9' },
  { type: 'video/mp4', codec: 'av1' },
];

/** Bits a second: below, Chrome's H.264 encoder declares level "1b" as level 0.9, which its own decoder refuses. */
const LEAST_AVC_BITRATE = 200_000;

type Mediabunny = typeof import('mediabunny');
type Candidate = (typeof CANDIDATES)[number];

/**
 * Encodes frames into a file. An encoder that refuses, or fails on its way, is followed by the next candidate.
 *
 * @throws {VideoEncoderError} listing what was tried, when none is left.
 * @throws {OptionError} on another container or an impossible bitrate.
 */
export async function encode(source: EncodeSource, options: EncodeOptions): Promise<Blob> {
  checkOptions(options);
  options.signal?.throwIfAborted();
  // Loaded when first needed: it is larger than all the rest.
  const mediabunny = await import('mediabunny');
  const tried: string[] = [];
  for (const candidate of CANDIDATES) {
    if (options.type && options.type !== candidate.type) continue;
    try {
      return await encodeAs(mediabunny, candidate, source, options);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      tried.push(`${candidate.codec} in ${candidate.type}: ${error.message}`);
    }
  }
  throw new VideoEncoderError(
    `This browser cannot encode ${source.width} x ${source.height} video (${tried.join('; ')}).`,
    'Take the frames themselves from clip.frames() or clip.rgba(), or use another browser or size.',
  );
}

function checkOptions({ type, bitrate }: EncodeOptions): void {
  if (type !== undefined && !CANDIDATES.some((candidate) => candidate.type === type)) {
    throw new OptionError(`type is ${type}.`, 'It can be video/mp4 or video/webm.');
  }
  if (bitrate !== undefined && !(Number.isInteger(bitrate) && bitrate > 0)) {
    throw new OptionError(`bitrate is ${bitrate}.`, 'It must be a positive integer, in bits a second.');
  }
}

async function encodeAs(
  mediabunny: Mediabunny,
  { type, codec }: Candidate,
  source: EncodeSource,
  { bitrate: asked, onProgress, signal }: EncodeOptions,
): Promise<Blob> {
  const { width, height, frameCount, fps } = source;
  const bitrate = asked ?? Math.max(250_000, Math.round(0.6 * width * height * fps));
  const quality = new mediabunny.Quality({ bitrate: codec === 'avc' ? Math.max(bitrate, LEAST_AVC_BITRATE) : bitrate });
  if (!(await mediabunny.canEncodeVideo(codec, { width, height, frameRate: fps, quality }))) {
    throw new Refusal('no encoder');
  }
  const format = type === 'video/mp4' ? new mediabunny.Mp4OutputFormat() : new mediabunny.WebMOutputFormat();
  const target = new mediabunny.BufferTarget();
  const output = new mediabunny.Output({ format, target });
  const track = new mediabunny.VideoSampleSource({ codec, quality });
  output.addVideoTrack(track, { frameRate: fps });
  try {
    await orRefuse(output.start());
    for (let frame = 0; frame < frameCount; frame++) {
      signal?.throwIfAborted();
      const sample = new mediabunny.VideoSample(await source.read(frame));
      await orRefuse(track.add(sample)).finally(() => sample.close());
      onProgress?.({ loaded: frame + 1, total: frameCount });
    }
    await orRefuse(output.finalize());
  } catch (error) {
    await output.cancel();
    throw error;
  }
  return new Blob([target.buffer as ArrayBuffer], { type });
}

/** An encoder's no: reason to try the next one, unlike an abort or a lost device. */
class Refusal extends Error {}

function orRefuse<T>(work: Promise<T>): Promise<T> {
  return work.catch((cause) => {
    throw new Refusal(cause instanceof Error ? cause.message : String(cause), { cause });
  });
}
