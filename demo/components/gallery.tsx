import { useCallback } from 'preact/hooks';
import { formatSpeedup } from '../format.ts';
import { computedShare } from '../history/share.ts';
import { drawFrame, frameOf } from '../stage/draw.ts';
import { nameOf } from '../stage/names.ts';
import { type Run, runs, shownId } from '../state/runs.ts';
import { LiveCanvas } from './live-canvas.tsx';

/** A picture of each run, newest first: a press shows it on the stage. */
export function Gallery() {
  return (
    <ul class="gallery">
      {runs.value.toReversed().map((run) => (
        <li key={run.id}>
          <Thumbnail run={run} />
        </li>
      ))}
    </ul>
  );
}

function Thumbnail({ run }: { readonly run: Run }) {
  const { pictures, report, measured } = run;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const picture = frameOf(pictures, pictures.frames.length >> 1);
      if (picture) drawFrame(context, picture);
    },
    [pictures],
  );
  const skipped = Math.round(100 * (1 - computedShare(report.blocks)));
  return (
    <button
      type="button"
      aria-pressed={shownId.value === run.id}
      aria-label={`Show ${nameOf(run)}, “${report.prompt}”`}
      onClick={() => {
        shownId.value = run.id;
      }}
    >
      <LiveCanvas width={pictures.width} height={pictures.height} label="" draw={draw} />
      <span>
        {measured ? `${formatSpeedup(measured.speedup)} as fast` : skipped > 0 ? `${skipped} % skipped` : 'full'}
      </span>
    </button>
  );
}
