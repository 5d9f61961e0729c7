import type { Signal } from '@preact/signals';
import { useId } from 'preact/hooks';

/** How two clips are set against each other. */
export type View = 'side' | 'wipe' | 'difference';

const NAMES: Readonly<Record<View, string>> = { side: 'Side by side', wipe: 'Wipe', difference: 'Difference' };

interface ViewChoiceProps {
  readonly view: Signal<View>;
}

/** Chooses how the clip is compared. */
export function ViewChoice({ view }: ViewChoiceProps) {
  const group = useId();
  return (
    <fieldset class="view-choice">
      <legend class="unseen">How to compare</legend>
      <div class="segments">
        {(['side', 'wipe', 'difference'] as const).map((each) => (
          <label key={each}>
            <input
              type="radio"
              name={group}
              checked={view.value === each}
              onChange={() => {
                view.value = each;
              }}
            />
            <span>{NAMES[each]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
