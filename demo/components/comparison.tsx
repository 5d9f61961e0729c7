import type { Signal } from '@preact/signals';
import type { Gain } from '../stage/draw.ts';
import type { Player } from '../stage/player.ts';
import type { Run } from '../state/runs.ts';
import { ClipView } from './clip-view.tsx';
import { DifferenceView } from './difference-view.tsx';
import type { View } from './view-choice.tsx';
import { WipeView } from './wipe-view.tsx';

interface ComparisonProps {
  readonly baseline: Run;
  readonly run: Run;
  readonly player: Player;
  readonly view: View;
  readonly divider: Signal<number>;
  readonly gain: Gain;
}

/** A run's clip and its baseline's, in step. */
export function Comparison({ view, divider, gain, ...clips }: ComparisonProps) {
  switch (view) {
    case 'side':
      return (
        <>
          <ClipView run={clips.baseline} player={clips.player} />
          <ClipView run={clips.run} player={clips.player} />
        </>
      );
    case 'wipe':
      return <WipeView {...clips} divider={divider} />;
    case 'difference':
      return <DifferenceView {...clips} gain={gain} />;
  }
}
