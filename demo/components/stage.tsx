import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks';
import type { Gain } from '../stage/draw.ts';
import { factsOf } from '../stage/names.ts';
import { Player } from '../stage/player.ts';
import { type Run, shown, shownBaseline } from '../state/runs.ts';
import { isBusy } from '../state/session.ts';
import { ClipView } from './clip-view.tsx';
import { ComingClip } from './coming-clip.tsx';
import { Comparison } from './comparison.tsx';
import { GainChoice } from './gain-choice.tsx';
import { Headline } from './headline.tsx';
import { PlayControls } from './play-controls.tsx';
import { StageActions } from './stage-actions.tsx';
import { type View, ViewChoice } from './view-choice.tsx';
import { WipeControl } from './wipe-control.tsx';
import '../styles/stage.css';

/** The clip of the shown run, beside its baseline's once they are compared. It stays while the next one is made. */
export function Stage() {
  const run = shown.value;
  const baseline = shownBaseline.value;
  const player = usePlayer(run);
  const view = useSignal<View>('side');
  const divider = useSignal(0.5);
  const gain = useSignal<Gain>(16);
  return (
    <section class="panel stage" aria-labelledby="stage-title">
      <div class="row">
        <h2 id="stage-title">Clip</h2>
        <ViewChoice view={view} isDisabled={!baseline} />
        {view.value !== 'side' && (
          <div class="view-control">
            {baseline && view.value === 'wipe' && <WipeControl divider={divider} />}
            {baseline && view.value === 'difference' && <GainChoice gain={gain} />}
          </div>
        )}
      </div>
      <div class="screen">
        {!run && <ComingClip />}
        {run && !baseline && <ClipView run={run} player={player} />}
        {run && baseline && (
          <Comparison
            baseline={baseline}
            run={run}
            player={player}
            view={view.value}
            divider={divider}
            gain={gain.value}
          />
        )}
      </div>
      <Caption run={run} />
      <PlayControls player={player} count={run?.pictures.frames.length ?? 0} />
      <StageActions run={run} />
      <Headline run={run} />
    </section>
  );
}

/** What the clip was made from. */
function Caption({ run }: { readonly run: Run | undefined }) {
  if (!run) return <p class="stage-caption help">No clip yet</p>;
  return (
    <p class="stage-caption help">
      <span class="stage-prompt">“{run.report.prompt}”</span>
      <span>
        {factsOf(run)}
        {isBusy.value && <span class="stage-stays"> (stays until the run under way is done)</span>}
      </span>
    </p>
  );
}

/** A player of the run's clip; it plays at once, but for those who asked for less motion. */
function usePlayer(run: Run | undefined): Player {
  const player = useMemo(() => new Player(!matchMedia('(prefers-reduced-motion: reduce)').matches), []);
  useEffect(() => player.run(), [player]);
  const pictures = run?.pictures;
  useLayoutEffect(() => {
    if (pictures) player.load({ count: pictures.frames.length, framesASecond: pictures.fps });
  }, [pictures, player]);
  return player;
}
