/** Codecs that are tried. */
export type Codec = 'avc' | 'vp9' | 'vp8' | 'av1';

/** WebCodecs' names of each: a profile that every decoder has, at levels for small pictures first, then for larger. */
const CODEC_STRINGS: Readonly<Record<Codec, readonly string[]>> = {
  avc: ['avc1.42001f', 'avc1.640028', 'avc1.640033'],
  vp9: ['vp09.00.31.08', 'vp09.00.41.08', 'vp09.00.61.08'],
  vp8: ['vp8'],
  av1: ['av01.0.05M.08', 'av01.0.09M.08', 'av01.0.16M.08'],
};

/** Frames that may wait for the encoder. */
const MOST_WAITING = 4;

/** The configuration with which this browser encodes a codec; undefined where it does not, at this size. */
export async function findConfig(
  codec: Codec,
  wanted: Omit<VideoEncoderConfig, 'codec'>,
): Promise<VideoEncoderConfig | undefined> {
  if (typeof VideoEncoder === 'undefined') return undefined;
  for (const name of CODEC_STRINGS[codec]) {
    const config = { ...wanted, codec: name };
    if ((await VideoEncoder.isConfigSupported(config)).supported) return config;
  }
  return undefined;
}

/** A `VideoEncoder` whose errors reach whoever adds frames, and which holds few of them at a time. */
export class ChunkEncoder {
  readonly #encoder: VideoEncoder;
  /** Never resolves. */
  readonly #failure: Promise<never>;
  #written: Promise<void> = Promise.resolve();

  /** @param write Takes the chunks, one after the other. */
  constructor(
    config: VideoEncoderConfig,
    write: (chunk: EncodedVideoChunk, meta?: EncodedVideoChunkMetadata) => Promise<void>,
  ) {
    let fail = (_: unknown) => {};
    this.#failure = new Promise((_, reject) => {
      fail = reject;
    });
    // Whoever adds the next frame sees it.
    this.#failure.catch(() => {});
    this.#encoder = new VideoEncoder({
      output: (chunk, meta) => {
        this.#written = this.#written.then(() => write(chunk, meta));
        this.#written.catch(fail);
      },
      error: fail,
    });
    this.#encoder.configure(config);
  }

  /** Encodes a frame, which stays the caller's to close. */
  async add(frame: VideoFrame, keyFrame: boolean): Promise<void> {
    this.#encoder.encode(frame, { keyFrame });
    while (this.#encoder.encodeQueueSize > MOST_WAITING) {
      const dequeued = new Promise((resolve) => this.#encoder.addEventListener('dequeue', resolve, { once: true }));
      await Promise.race([dequeued, this.#failure]);
    }
  }

  /** Waits until all is encoded and written. */
  async finish(): Promise<void> {
    await Promise.race([this.#encoder.flush(), this.#failure]);
    await this.#written;
  }

  /** Drops what is not encoded yet. */
  close(): void {
    if (this.#encoder.state !== 'closed') this.#encoder.close();
  }
}
