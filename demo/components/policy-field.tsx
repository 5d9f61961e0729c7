import { presets } from '../state/model.ts';
import { findPolicy, policyGroups, settle } from '../state/policies.ts';
import { settings } from '../state/settings.ts';
import { FORM_ID } from './form-id.ts';

/** The caching method, and what it does. */
export function PolicyField() {
  const { policy } = settings.value;
  const description = findPolicy(policy);
  return (
    <div class="field">
      <label for="policy">How to save work</label>
      <select
        id="policy"
        name="policy"
        form={FORM_ID}
        value={policy}
        aria-describedby="policy-help"
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {policyGroups().map(({ heading, policies }) => (
          <optgroup key={heading} label={heading}>
            {policies.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <p id="policy-help" class="help policy-help">
        {description?.plain} {description?.source && <a href={description.source}>Where it was published</a>}
      </p>
    </div>
  );
}

function choose(policy: string): void {
  settings.value = settle({ ...settings.value, policy, preset: undefined, policyOptions: {} }, presets.value);
}
