import { useCallback } from 'preact/hooks';
import { drawDifference, frameOf, type Gain } from '../stage/draw.ts';
import { nameOf } from '../stage/names.ts';
import type { Player } from '../stage/player.ts';
import type { Run } from '../state/runs.ts';
import { LiveCanvas } from './live-canvas.tsx';

interface DifferenceViewProps {
  readonly baseline: Run;
  readonly run: Run;
  readonly player: Player;
  /** How much the difference is amplified. */
  readonly gain: Gain;
}

/** Where two clips differ, and in what colours: black is the same. */
export function DifferenceView({ baseline, run, player, gain }: DifferenceViewProps) {
  const [a, b] = [run.pictures, baseline.pictures];
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const picture = frameOf(a, player.frame.value);
      const expected = frameOf(b, player.frame.value);
      if (picture && expected) drawDifference(context, picture, expected, gain);
    },
    [a, b, player, gain],
  );
  const times = gain === 1 ? 'as it is' : `${gain} times amplified`;
  const label = `Difference of ${nameOf(run)} and ${nameOf(baseline)}, ${times}. Black is the same.`;
  return (
    <figure class="clip">
      <div class="clip-place">
        <LiveCanvas width={a.width} height={a.height} label={label} draw={draw} />
      </div>
      <figcaption>
        |run {run.id} − run {baseline.id}|, {times}: black is the same
      </figcaption>
    </figure>
  );
}
