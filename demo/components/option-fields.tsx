import { findPolicy } from '../state/policies.ts';
import { settings } from '../state/settings.ts';
import '../styles/options.css';
import { OptionField } from './option-field.tsx';

/** The method's own options, made from their descriptions; nothing for one that has none. */
export function OptionFields() {
  const { policy, policyOptions } = settings.value;
  const options = findPolicy(policy)?.options ?? [];
  const changed = Object.keys(policyOptions).length;
  if (options.length === 0) return null;
  return (
    <details class="fields">
      <summary>
        Fine-tune {policy} <span class="help">{changed > 0 && `${changed} changed`}</span>
      </summary>
      {options.map((option) => (
        <OptionField key={`${policy}.${option.name}`} option={option} />
      ))}
    </details>
  );
}
