import { presets, rules } from '../state/model.ts';
import { withSteps } from '../state/policies.ts';
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
      onChange={(value) => {
        for (const each of [name, ...same]) set(each, value);
      }}
      number={{ min: rule.least, step: rule.step ?? 'any' }}
    />
  );
}

function set(name: NumberName, value: number): void {
  if (name === 'steps') settings.value = withSteps(settings.value, value, presets.value);
  else change({ [name]: value });
}
