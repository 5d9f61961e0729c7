import { describePolicies } from 'stillframe/policies';
import { presets } from '../state/model.ts';
import { findPolicy, settle } from '../state/policies.ts';
import { policyTitle } from '../state/policy-words.ts';
import { settings } from '../state/settings.ts';
import { FORM_ID } from './form-id.ts';

/** The caching method, and what it does. */
export function PolicyField() {
  const { policy } = settings.value;
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
        {describePolicies().map((each) => (
          <option key={each.name} value={each.name}>
            {policyTitle(each)}
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
