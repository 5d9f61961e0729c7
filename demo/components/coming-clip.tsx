import { type LiveRun, preview } from '../state/live.ts';
import { NoiseCanvas } from './noise-canvas.tsx';
import { PreviewCanvas } from './preview-canvas.tsx';

/** The clip that is being made, as far as it can be seen: noise, then a preview of its first frame. */
export function ComingClip({ run }: { readonly run: LiveRun }) {
  const now = preview.value;
  return (
    <figure class="clip">
      <div class="clip-place">{now ? <PreviewCanvas picture={now.picture} /> : <NoiseCanvas run={run} />}</div>
      <figcaption>
        {now ? `Preview of the first frame, after step ${now.step + 1} of ${run.steps}` : 'Noise, so far'}
      </figcaption>
    </figure>
  );
}
