import { change } from '../state/settings.ts';
import { SettingField } from './setting-field.tsx';

/** Thrown seeds stay below this, to be read and told. */
const SEEDS = 100_000;

/** The seed, and a dice for another one. */
export function SeedField() {
  return (
    <div class="with-button">
      <SettingField name="seed" />
      <button type="button" aria-label="Another seed" title="Another seed" onClick={throwDice}>
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <rect x="1.5" y="1.5" width="13" height="13" rx="3" fill="none" stroke="currentColor" stroke-width="1.5" />
          <path
            d="M5 5h.01M11 5h.01M8 8h.01M5 11h.01M11 11h.01"
            stroke="currentColor"
            stroke-width="2.2"
            stroke-linecap="round"
          />
        </svg>
      </button>
    </div>
  );
}

function throwDice(): void {
  change({ seed: Math.floor(Math.random() * SEEDS) });
}
