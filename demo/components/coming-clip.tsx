import { live, preview } from '../state/live.ts';
import { isBusy } from '../state/session.ts';
import { PreviewCanvas } from './preview-canvas.tsx';

/** What the stage shows while it has no clip: the preview of the coming one at its place, before it a sentence. */
export function ComingClip() {
  const now = preview.value;
  const run = live.value;
  if (!now || !run) {
    return <p class="help">{isBusy.value ? 'Your clip plays here when it is done.' : 'Your clip will play here.'}</p>;
  }
  return (
    <figure class="clip">
      <div class="clip-place">
        <PreviewCanvas picture={now.picture} />
      </div>
      <figcaption>
        Preview of the first frame, after step {now.step + 1} of {run.steps}
      </figcaption>
    </figure>
  );
}
