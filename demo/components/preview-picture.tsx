import { preview } from '../state/live.ts';
import { PreviewCanvas } from './preview-canvas.tsx';

/** What the clip's first frame will be, as far as the run under way can tell. Its place is kept. */
export function PreviewPicture() {
  const now = preview.value;
  return (
    <figure class="preview">
      <div class="clip-place">{now && <PreviewCanvas picture={now.picture} />}</div>
      <figcaption class="help">{now ? `after step ${now.step + 1}` : 'Preview'}</figcaption>
    </figure>
  );
}
