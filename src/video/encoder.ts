import {
  BufferTarget,
  canEncodeVideo,
  Mp4OutputFormat,
  Output,
  Quality,
  type VideoCodec,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
} from 'mediabunny';
import { VideoEncoderError } from '../errors.ts';
import type { EncodeOptions, EncodeSource } from './encode.ts';

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

type Candidate = (typeof CANDIDATES)[number];

/**
 * Encodes frames into a file. An encoder that refuses, or fails on its way, is followed by the next candidate.
 *
 * @throws {VideoEncoderError} listing what was tried, when none is left.
 */
export async function encodeWithBest(source: EncodeSource, options: EncodeOptions): Promise<Blob> {
  const tried: string[] = [];
  for (const candidate of CANDIDATES) {
    if (options.type && options.type !== candidate.type) continue;
    try {
      return await encodeAs(candidate, source, options);
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

async function encodeAs(
  { type, codec }: Candidate,
  source: EncodeSource,
  { bitrate: asked, onProgress, signal }: EncodeOptions,
): Promise<Blob> {
  const { width, height, frameCount, fps } = source;
  const bitrate = asked ?? Math.max(250_000, Math.round(0.6 * width * height * fps));
  const quality = new Quality({ bitrate: codec === 'avc' ? Math.max(bitrate, LEAST_AVC_BITRATE) : bitrate });
  if (!(await canEncodeVideo(codec, { width, height, frameRate: fps, quality }))) {
    throw new Refusal('no encoder');
  }
  const format = type === 'video/mp4' ? new Mp4OutputFormat() : new WebMOutputFormat();
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const track = new VideoSampleSource({ codec, quality });
  output.addVideoTrack(track, { frameRate: fps });
  try {
    await orRefuse(output.start());
    for (let frame = 0; frame < frameCount; frame++) {
      signal?.throwIfAborted();
      const sample = new VideoSample(await source.read(frame));
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
