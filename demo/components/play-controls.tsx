import type { Player } from '../stage/player.ts';

const SPEEDS = [0.25, 0.5, 1, 2] as const;

interface PlayControlsProps {
  readonly player: Player;
  /** Frames of the clip; 0 while there is none. */
  readonly count: number;
}

/** Play, pause, speed and frame, for all pictures at once. */
export function PlayControls({ player, count }: PlayControlsProps) {
  const { frame, isPlaying, speed } = player;
  const isEmpty = count === 0;
  const at = `${Math.min(frame.value + 1, count)} of ${count}`;
  return (
    <div class="row play-controls">
      <button
        type="button"
        class="play"
        disabled={isEmpty}
        onClick={() => {
          isPlaying.value = !isPlaying.value;
        }}
      >
        {isPlaying.value && !isEmpty ? 'Pause' : 'Play'}
      </button>
      <label class="row">
        Speed
        <select
          value={speed.value}
          disabled={isEmpty}
          onChange={(event) => {
            speed.value = SPEEDS[event.currentTarget.selectedIndex] ?? 1;
          }}
        >
          {SPEEDS.map((times) => (
            <option key={times} value={times}>
              {times} ×
            </option>
          ))}
        </select>
      </label>
      <label class="row stage-slider">
        Frame
        <input
          id="frame"
          type="range"
          min="0"
          max={Math.max(0, count - 1)}
          value={frame.value}
          disabled={isEmpty}
          aria-valuetext={isEmpty ? 'no clip yet' : at}
          onInput={(event) => player.seek(event.currentTarget.valueAsNumber)}
        />
        <span class="frame-number" aria-hidden="true">
          {isEmpty ? '–' : at}
        </span>
      </label>
    </div>
  );
}
