import { FORM_ID } from './form-id.ts';

interface Props {
  readonly label: string;
  readonly name: string;
  readonly value: boolean;
  /** Id of its line of help. */
  readonly helpId: string;
  readonly onChange: (value: boolean) => void;
}

/** Yes or no. */
export function CheckField({ label, name, value, helpId, onChange }: Props) {
  return (
    <label class="check">
      <input
        type="checkbox"
        form={FORM_ID}
        name={name}
        checked={value}
        aria-describedby={helpId}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}
