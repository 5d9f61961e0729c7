import { type NumberName, parseNumber, RULES } from '../state/rules.ts';
import { change, settings } from '../state/settings.ts';
import { CheckedInput } from './checked-input.tsx';

interface Props {
  readonly name: NumberName;
}

/** A number that every run has. */
export function SettingField({ name }: Props) {
  const { label, least, step = 'any' } = RULES[name];
  return (
    <CheckedInput
      label={label}
      name={name}
      value={settings.value[name]}
      format={String}
      parse={(text) => parseNumber(text, RULES[name])}
      onChange={(value) => change({ [name]: value })}
      number={{ min: least, step }}
    />
  );
}
