import type { Signal } from '@preact/signals';
import type { TargetedPointerEvent } from 'preact';
import { useCallback } from 'preact/hooks';
import { drawWipe, frameOf } from '../stage/draw.ts';
import { describeClip, nameOf } from '../stage/names.ts';
import type { Player } from '../stage/player.ts';
import type { Run } from '../state/runs.ts';
import { LiveCanvas } from './live-canvas.tsx';

interface WipeViewProps {
  /** Left of the divider. */
  readonly baseline: Run;
  /** Right of it. */
  readonly run: Run;
  readonly player: Player;
  /** Where the divider is: a share of the width. `WipeControl` moves it with keys. */
  readonly divider: Signal<number>;
}

/** One clip over the other, with a divider that the pointer drags. */
export function WipeView({ baseline, run, player, divider }: WipeViewProps) {
  const [left, right] = [baseline.pictures, run.pictures];
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const a = frameOf(left, player.frame.value);
      const b = frameOf(right, player.frame.value);
      if (a && b) drawWipe(context, a, b, divider.value);
    },
    [left, right, player, divider],
  );
  const drag = (event: TargetedPointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const { left: start, width } = event.currentTarget.getBoundingClientRect();
    divider.value = Math.min(1, Math.max(0, (event.clientX - start) / width));
  };
  const label = `Left of the divider: ${describeClip(baseline)} Right of it: ${nameOf(run)}.`;
  return (
    <figure class="clip">
      <div class="clip-place">
        <LiveCanvas width={right.width} height={right.height} label={label} draw={draw}>
          <div class="wipe" onPointerDown={drag} onPointerMove={drag}>
            <div class="wipe-line" style={{ insetInlineStart: `${100 * divider.value}%` }} />
          </div>
        </LiveCanvas>
      </div>
      <figcaption>
        Left: {nameOf(baseline)}. Right: {nameOf(run)}
      </figcaption>
    </figure>
  );
}
