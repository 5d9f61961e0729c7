import {
  BufferTarget,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';
import { untilAborted } from '../abort.ts';
import { VideoEncoderError } from '../errors.ts';
import { ChunkEncoder, type Codec, findConfig } from './chunk-encoder.ts';
import type { EncodeOptions, EncodeSource } from './encode.ts';

/** What is tried, in this order: H.264 in MP4 plays everywhere, the rest are what free browsers have. */
const CANDIDATES: readonly { type: NonNullable<EncodeOptions['type']>; codec: Codec }[] = [
  { type: 'video/mp4', codec: 'avc' },
  { type: 'video/webm', codec: 'vp9' },
  { type: 'video/webm', codec: 'vp8' },
  { type: 'video/webm', codec: 'av1' },
  { type: 'video/mp4', codec: 'vp9' },
  { type: 'video/mp4', codec: 'av1' },
];

/** Bits a second: below, Chrome's H.264 encoder declares level "1b" as level 0.9, which its own decoder refuses. */
const LEAST_AVC_BITRATE = 200_000;

/** Players can only jump to frames that need no other. */
const SECONDS_A_KEY_FRAME = 2;

type Candidate = (typeof CANDIDATES)[number];

/**
 * Encodes frames into a file. An encoder that refuses, or fails on its way, is followed by the next candidate.
 *
 * @throws {VideoEncoderError} listing what was tried, when none is left; `options.signal.reason` on abort.
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
  const config = await findConfig(codec, {
    width,
    height,
    framerate: fps,
    bitrate: codec === 'avc' ? Math.max(bitrate, LEAST_AVC_BITRATE) : bitrate,
  });
  if (!config) throw new Refusal('no encoder');
  const format = type === 'video/mp4' ? new Mp4OutputFormat() : new WebMOutputFormat();
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const track = new EncodedVideoPacketSource(codec);
  output.addVideoTrack(track, { frameRate: fps });
  await output.start();
  const encoder = new ChunkEncoder(config, (chunk, meta) => track.add(EncodedPacket.fromEncodedChunk(chunk), meta));
  try {
    const keyEvery = Math.max(1, Math.round(SECONDS_A_KEY_FRAME * fps));
    for (let i = 0; i < frameCount; i++) {
      signal?.throwIfAborted();
      const frame = await source.read(i);
      try {
        await untilAborted(orRefuse(encoder.add(frame, i % keyEvery === 0)), signal);
      } finally {
        frame.close();
      }
      onProgress?.({ loaded: i + 1, total: frameCount });
    }
    await untilAborted(orRefuse(encoder.finish()), signal);
    await orRefuse(output.finalize());
  } catch (error) {
    await output.cancel();
    throw error;
  } finally {
    encoder.close();
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
