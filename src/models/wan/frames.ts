import type { Recorder } from '../../gpu/recorder.ts';
import { elements, type Tensor } from '../../gpu/tensor.ts';

/** Latent frames of a clip that a forward is of. */
export interface FrameRange {
  readonly first: number;
  readonly count: number;
}

/** Records copying some frames out of latents, whose channels lie one after the other. @returns [1, channels, count, rows, columns] */
export function takeFrames(recorder: Recorder, latents: Tensor, range: FrameRange): Tensor {
  const [channels = 0, , rows = 0, columns = 0] = latents.shape.slice(-4);
  const taken = recorder.temporary('frames', [1, channels, range.count, rows, columns]);
  copyFrames(latents, 0, range, (whole, part, bytes) => recorder.copy(latents, taken, bytes, whole, part));
  return taken;
}

/** Records writing them back: into clip `clip` of a stack. @param frames [1, channels, count, rows, columns] f32. */
export function putFrames(recorder: Recorder, frames: Tensor, latents: Tensor, clip: number, range: FrameRange): void {
  copyFrames(latents, clip, range, (whole, part, bytes) => recorder.copy(frames, latents, bytes, part, whole));
}

/** Calls `copy` for each channel, with the byte offsets of its frames in the whole clip and in the part. */
function copyFrames(
  { shape }: Tensor,
  clip: number,
  { first, count }: FrameRange,
  copy: (whole: number, part: number, bytes: number) => void,
): void {
  const sizes = shape.slice(-4);
  const [channels = 0, frames = 0, ...frame] = sizes;
  const [size, begin] = [4 * elements(frame), clip * elements(sizes) * 4];
  for (let channel = 0; channel < channels; channel++) {
    copy(begin + (channel * frames + first) * size, channel * count * size, count * size);
  }
}
