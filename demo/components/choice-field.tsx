import { useId } from 'preact/hooks';
import { FORM_ID } from './form-id.ts';

interface Props {
  readonly label: string;
  readonly name: string;
  readonly choices: readonly string[];
  readonly value: string;
  /** Id of its line of help. */
  readonly helpId: string;
  readonly onChange: (value: string) => void;
}

/** One of several words. */
export function ChoiceField({ label, name, choices, value, helpId, onChange }: Props) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        name={name}
        form={FORM_ID}
        value={value}
        aria-describedby={helpId}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    </div>
  );
}
