import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Gain } from '../stage/draw.ts';
import { factsOf } from '../stage/names.ts';
import { Player } from '../stage/player.ts';
import { live } from '../state/live.ts';
import { isExample, type Run, shown, shownBaseline } from '../state/runs.ts';
import { isBusy, status } from '../state/session.ts';
import { showWhole } from './bring-into-view.ts';
import { ClipView } from './clip-view.tsx';
import { ComingClip } from './coming-clip.tsx';
import { Comparison } from './comparison.tsx';
import { GainChoice } from './gain-choice.tsx';
import { PlayControls } from './play-controls.tsx';
import { Result } from './result.tsx';
import { RunProgress } from './run-progress.tsx';
import { ShareRow } from './share-row.tsx';
import { SmoothChoice } from './smooth-choice.tsx';
import { type View, ViewChoice } from './view-choice.tsx';
import { WipeControl } from './wipe-control.tsx';
import '../styles/stage.css';

/** The middle of the page: the run under way as far as it is, else the clip of the shown run, beside its baseline's. */
export function Stage() {
  const running = live.value;
  const run = shown.value;
  const baseline = shownBaseline.value;
  const player = usePlayer(run);
  const view = useSignal<View>('side');
  const divider = useSignal(0.5);
  const gain = useSignal<Gain>(16);
  const isSmooth = useSignal(true);
  const isComparison = !running && baseline !== undefined;
  return (
    <section class="stage" ref={useShown()} aria-labelledby="stage-title">
      <div class="stage-head">
        <h2 id="stage-title">
          {running ? TITLES[running.role] : run && isExample(run) ? 'A recorded example' : 'Your clip'}
        </h2>
        <p id="status" class="unseen" role="status">
          {status.value}
        </p>
        {isComparison && <ViewChoice view={view} />}
        <div class="view-control">
          {isComparison && view.value === 'wipe' && <WipeControl divider={divider} />}
          {isComparison && view.value === 'difference' && <GainChoice gain={gain} />}
          <SmoothChoice isSmooth={isSmooth} />
        </div>
      </div>
      <div class={isSmooth.value ? 'screen' : 'screen crisp'}>
        {running && <ComingClip run={running} />}
        {running && running.role !== 'run' && run && <ClipView run={run} player={player} />}
        {!running && run && !baseline && <ClipView run={run} player={player} />}
        {!running && run && baseline && (
          <Comparison
            baseline={baseline}
            run={run}
            player={player}
            view={view.value}
            divider={divider}
            gain={gain.value}
          />
        )}
        {!running && !run && <p class="screen-empty">{isBusy.value ? 'One moment.' : 'Your clip will play here.'}</p>}
      </div>
      <PlayControls player={player} count={running?.role === 'run' ? 0 : (run?.pictures.frames.length ?? 0)} />
      <div class="stage-foot">
        {running ? <RunProgress run={running} /> : run && <Result run={run} caption={<Caption run={run} />} />}
      </div>
      <ShareRow run={running ? undefined : run} />
    </section>
  );
}

const TITLES = {
  run: 'Making your clip',
  baseline: 'Making the full clip',
  control: 'Making it with fewer steps',
} as const;

/** What the clip was made from. */
function Caption({ run }: { readonly run: Run }) {
  return (
    <p class="stage-caption">
      <span class="stage-prompt">“{run.report.prompt}”</span> <span>{factsOf(run)}</span>
    </p>
  );
}

/** Of the stage: it comes into view when a run begins, and when a clip is there. */
function useShown() {
  const element = useRef<HTMLElement>(null);
  const isRunning = live.value !== undefined;
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) showWhole(element.current);
    isFirst.current = false;
  }, [isRunning, element]);
  return element;
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
