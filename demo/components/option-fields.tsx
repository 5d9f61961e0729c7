import { findPolicy } from '../state/policies.ts';
import { settings } from '../state/settings.ts';
import '../styles/options.css';
import { OptionField } from './option-field.tsx';

/** The policy's own options, made from their descriptions. */
export function OptionFields() {
  const { policy, policyOptions } = settings.value;
  const options = findPolicy(policy)?.options ?? [];
  const changed = Object.keys(policyOptions).length;
  return (
    <details class="fields">
      <summary>
        Options of {policy} <span class="help">{changed > 0 && `${changed} changed`}</span>
      </summary>
      {options.length === 0 && <p class="help">It has none.</p>}
      {options.map((option) => (
        <OptionField key={`${policy}.${option.name}`} option={option} />
      ))}
    </details>
  );
}
