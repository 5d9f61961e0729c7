import type { Clip } from 'stillframe';
import type { Pictures } from './protocol.ts';

/** A clip's frames, to be handed to the page. @throws `signal.reason` on abort, which leaves no picture behind. */
export async function picturesOf(clip: Clip, signal: AbortSignal): Promise<Pictures> {
  const frames: ImageBitmap[] = [];
  try {
    for await (const frame of clip.frames()) {
      frames.push(await createImageBitmap(frame).finally(() => frame.close()));
      signal.throwIfAborted();
    }
  } catch (error) {
    for (const picture of frames) picture.close();
    throw error;
  }
  const { width, height, fps } = clip;
  return { frames, width, height, fps };
}
