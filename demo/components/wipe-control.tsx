import type { Signal } from '@preact/signals';

/** Moves the divider of the wipe view with the keyboard, or by a slider. @param divider A share of the width. */
export function WipeControl({ divider }: { readonly divider: Signal<number> }) {
  const percent = Math.round(100 * divider.value);
  return (
    <label class="row stage-slider">
      Divider
      <input
        type="range"
        min="0"
        max="100"
        value={percent}
        aria-valuetext={`baseline on the left ${percent} percent`}
        onInput={(event) => {
          divider.value = event.currentTarget.valueAsNumber / 100;
        }}
      />
    </label>
  );
}
