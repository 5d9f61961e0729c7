import { presets } from '../state/model.ts';
import { change, settings } from '../state/settings.ts';
import '../styles/presets.css';

/** What presets are called; a model may have others, too. */
const NAMES = ['slow', 'balanced', 'fast'];

/** The model's tuned options of the policy. Where it has none the choice stays in its place, and cannot be made. */
export function PresetField() {
  const { policy, preset, policyOptions } = settings.value;
  const known = Object.keys(presets.value[policy] ?? {});
  const names = [...new Set([...NAMES, ...known])];
  const isChanged = Object.keys(policyOptions).length > 0;
  return (
    <fieldset class="presets" disabled={known.length === 0}>
      <legend>
        Preset <span class="help">{known.length === 0 ? 'none for this policy' : isChanged && 'with changes'}</span>
      </legend>
      <div class="preset-choice">
        {names.map((name) => (
          <label key={name}>
            <input
              type="radio"
              name="preset"
              value={name}
              checked={name === preset}
              disabled={!known.includes(name)}
              onChange={() => change({ preset: name, policyOptions: {} })}
            />
            <span>{name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
