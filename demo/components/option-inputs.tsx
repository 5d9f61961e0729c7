import type { OptionValue } from 'stillframe';
import type { OptionDescription } from 'stillframe/policies';
import { fromText, toText } from '../state/policies.ts';
import { CheckField } from './check-field.tsx';
import { CheckedInput } from './checked-input.tsx';
import { ChoiceField } from './choice-field.tsx';
import { OptionSlider } from './option-slider.tsx';

interface Props {
  readonly option: OptionDescription;
  readonly value: OptionValue;
  /** Id of its line of help. */
  readonly helpId: string;
  readonly onChange: (value: OptionValue) => void;
}

/** What an option is set with: by its kind. */
export function OptionInputs({ option, value, helpId, onChange }: Props) {
  const { input } = option;
  const path = `policyOptions.${option.name}`;
  const shared = { label: option.name, name: path, helpId };
  const typed = {
    ...shared,
    value,
    format: toText,
    parse: (text: string) => fromText(text, option),
    onChange,
  };
  switch (input.kind) {
    case 'number':
      return (
        <>
          <CheckedInput {...typed} number={{ min: input.least, step: input.isWhole ? 1 : 'any' }} />
          <OptionSlider label={option.name} input={input} value={Number(value)} onChange={onChange} />
        </>
      );
    case 'choice':
      return <ChoiceField {...shared} choices={input.choices} value={String(value)} onChange={onChange} />;
    case 'flag':
      return <CheckField {...shared} value={value === true} onChange={onChange} />;
    case 'text':
    case 'artifact':
      return <CheckedInput {...typed} />;
  }
}
