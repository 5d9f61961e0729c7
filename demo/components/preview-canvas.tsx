import { drawFrame } from '../stage/draw.ts';
import { type Preview, preview } from '../state/live.ts';
import { LiveCanvas } from './live-canvas.tsx';

/** The newest preview, as large as its place. Its caption says when it was made. */
export function PreviewCanvas({ picture }: Pick<Preview, 'picture'>) {
  return (
    <LiveCanvas
      width={picture.width}
      height={picture.height}
      label="Rough picture of the clip's first frame"
      draw={drawNewest}
    />
  );
}

/** Draws as soon as the next one comes: the one before is closed at once. */
function drawNewest(context: CanvasRenderingContext2D): void {
  const now = preview.value;
  if (now) drawFrame(context, now.picture);
}
