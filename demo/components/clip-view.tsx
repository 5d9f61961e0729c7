import { useCallback } from 'preact/hooks';
import { drawFrame, frameOf } from '../stage/draw.ts';
import { describeClip, nameOf } from '../stage/names.ts';
import type { Player } from '../stage/player.ts';
import type { Run } from '../state/runs.ts';
import { LiveCanvas } from './live-canvas.tsx';

interface ClipViewProps {
  readonly run: Run;
  readonly player: Player;
}

/** A run's clip, with its name. */
export function ClipView({ run, player }: ClipViewProps) {
  const { pictures } = run;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const picture = frameOf(pictures, player.frame.value);
      if (picture) drawFrame(context, picture);
    },
    [pictures, player],
  );
  return (
    <figure class="clip">
      <div class="clip-place">
        <LiveCanvas width={pictures.width} height={pictures.height} label={describeClip(run)} draw={draw} />
      </div>
      <figcaption>{nameOf(run)}</figcaption>
    </figure>
  );
}
