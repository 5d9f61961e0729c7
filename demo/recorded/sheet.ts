import type { Pictures } from '../engine/protocol.ts';
import { columnsOf, type FrameSheet, placeOf } from './format.ts';

/** Pixels of a copy's longer side, at most: what is kept is for looking back, not for looking closely. */
const MOST_PIXELS = 256;

/** A clip's frames as one picture: WebP, or PNG where the browser writes no WebP. */
export interface Sheet {
  readonly layout: FrameSheet;
  readonly picture: Blob;
}

/** Copies a clip's frames. @param quality Of WebP, 0 to 1. @throws when the browser has no canvas for it. */
export async function toSheet(pictures: Pictures, quality: number): Promise<Sheet> {
  const scale = Math.min(1, MOST_PIXELS / Math.max(pictures.width, pictures.height));
  const layout: FrameSheet = {
    count: pictures.frames.length,
    width: Math.round(pictures.width * scale),
    height: Math.round(pictures.height * scale),
    fps: pictures.fps,
  };
  const columns = columnsOf(layout);
  const canvas = new OffscreenCanvas(columns * layout.width, Math.ceil(layout.count / columns) * layout.height);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('The browser gives no canvas to copy the frames on.');
  for (const [i, frame] of pictures.frames.entries()) {
    const { x, y } = placeOf(i, layout);
    context.drawImage(frame, x, y, layout.width, layout.height);
  }
  return { layout, picture: await canvas.convertToBlob({ type: 'image/webp', quality }) };
}

/** The frames of a sheet; whoever takes them closes them. @throws when it is no picture. */
export async function fromSheet({ layout, picture }: Sheet): Promise<Pictures> {
  const whole = await createImageBitmap(picture);
  const { width, height, fps } = layout;
  try {
    const frames = await Promise.all(
      Array.from({ length: layout.count }, (_, i) => {
        const { x, y } = placeOf(i, layout);
        return createImageBitmap(whole, x, y, width, height);
      }),
    );
    return { frames, width, height, fps };
  } finally {
    whole.close();
  }
}
