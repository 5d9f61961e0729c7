import { presets } from '../state/model.ts';
import { presetTitle } from '../state/policy-words.ts';
import { change, settings } from '../state/settings.ts';
import { FORM_ID } from './form-id.ts';
import '../styles/presets.css';

/** The model's tuned options of the method. Where it has none there is nothing to choose. */
export function PresetField() {
  const { policy, preset, policyOptions } = settings.value;
  const known = Object.keys(presets.value[policy] ?? {});
  if (known.length === 0) return null;
  const isChanged = Object.keys(policyOptions).length > 0;
  return (
    <fieldset class="presets">
      <legend>
        How close to the full clip <span class="help">{isChanged && 'with changes'}</span>
      </legend>
      <div class="segments">
        {known.map((name) => (
          <label key={name}>
            <input
              type="radio"
              name="preset"
              form={FORM_ID}
              value={name}
              checked={name === preset}
              onChange={() => change({ preset: name, policyOptions: {} })}
            />
            <span>{presetTitle(name)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
