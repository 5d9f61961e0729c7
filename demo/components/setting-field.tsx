import { rules } from '../state/model.ts';
import { type NumberName, parseNumber } from '../state/rules.ts';
import { change, settings } from '../state/settings.ts';
import { CheckedInput } from './checked-input.tsx';

interface Props {
  readonly name: NumberName;
}

/** A number that every run has. */
export function SettingField({ name }: Props) {
  const rule = rules.value[name];
  return (
    <CheckedInput
      label={rule.label}
      name={name}
      value={settings.value[name]}
      format={String}
      parse={(text) => parseNumber(text, rule)}
      onChange={(value) => change({ [name]: value })}
      number={{ min: rule.least, step: rule.step ?? 'any' }}
    />
  );
}
