import { describePolicies } from 'stillframe';
import { presets } from '../state/model.ts';
import { findPolicy, settle } from '../state/policies.ts';
import { settings } from '../state/settings.ts';

/** The caching method, and what it does. */
export function PolicyField() {
  const { policy } = settings.value;
  return (
    <div class="field">
      <label for="policy">Policy</label>
      <select
        id="policy"
        name="policy"
        value={policy}
        aria-describedby="policy-help"
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {describePolicies().map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <p id="policy-help" class="help policy-help">
        {findPolicy(policy)?.summary}.
      </p>
    </div>
  );
}

function choose(policy: string): void {
  settings.value = settle({ ...settings.value, policy, preset: undefined, policyOptions: {} }, presets.value);
}
