import { useEffect, useRef } from 'preact/hooks';
import { preview } from '../state/live.ts';
import { settings } from '../state/settings.ts';

/** What the clip's first frame will be, as far as the run under way can tell. Its place is kept. */
export function PreviewPicture() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const now = preview.value;
  const { width, height } = now?.picture ?? settings.value;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (now) context?.drawImage(now.picture, 0, 0);
    else context?.clearRect(0, 0, width, height);
  }, [now, width, height]);
  return (
    <figure class="preview">
      <canvas
        ref={canvas}
        width={width}
        height={height}
        role="img"
        aria-label={now ? `Preview of the first frame after step ${now.step + 1}` : 'No preview'}
      />
      <figcaption class="help">{now ? `after step ${now.step + 1}` : 'Preview'}</figcaption>
    </figure>
  );
}
