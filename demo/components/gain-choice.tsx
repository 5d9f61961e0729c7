import type { Signal } from '@preact/signals';
import { GAINS, type Gain } from '../stage/draw.ts';

/** How much the difference view amplifies. */
export function GainChoice({ gain }: { readonly gain: Signal<Gain> }) {
  return (
    <label class="row">
      Amplify
      <select
        value={gain.value}
        onChange={(event) => {
          gain.value = GAINS[event.currentTarget.selectedIndex] ?? gain.value;
        }}
      >
        {GAINS.map((times) => (
          <option key={times} value={times}>
            {times} ×
          </option>
        ))}
      </select>
    </label>
  );
}
