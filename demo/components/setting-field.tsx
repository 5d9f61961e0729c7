import { rules } from '../state/model.ts';
import { type NumberName, parseNumber } from '../state/rules.ts';
import { change, settings } from '../state/settings.ts';
import { CheckedInput } from './checked-input.tsx';

interface Props {
  readonly name: NumberName;
  /** Others that are the same. */
  readonly same?: readonly NumberName[];
}

/** A number that every run has. */
export function SettingField({ name, same = [] }: Props) {
  const rule = rules.value[name];
  return (
    <CheckedInput
      label={rule.label}
      name={name}
      value={settings.value[name]}
      format={String}
      parse={(text) => parseNumber(text, rule)}
      onChange={(value) => change(Object.fromEntries([name, ...same].map((one) => [one, value])))}
      number={{ min: rule.least, step: rule.step ?? 'any' }}
    />
  );
}
