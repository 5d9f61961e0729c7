import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { refused } from '../state/problem.ts';
import { FORM_ID } from './form-id.ts';
import { OPTION_PROBLEM_ID } from './option-problem.tsx';

interface Props<T> {
  readonly label: string;
  /** The option's path, as the library's errors name it. */
  readonly name: string;
  readonly value: T;
  readonly format: (value: T) => string;
  /** Throws a RangeError for a text that does not do. */
  readonly parse: (text: string) => T;
  readonly onChange: (value: T) => void;
  /** Id of a line of help. */
  readonly helpId?: string;
  /** Of a field for numbers. */
  readonly number?: { readonly min?: number; readonly step?: number | 'any' };
}

/** A labelled field that says what is wrong with its text; what is wrong stays in the field. */
export function CheckedInput<T>({ label, name, value, format, parse, onChange, helpId, number }: Props<T>) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  // What was typed, and the value that the field had then: a value that came from elsewhere is shown instead.
  const [draft, setDraft] = useState<{ readonly text: string; readonly value: string } | undefined>();
  const current = draft?.value === format(value) ? draft : undefined;
  const wrong = current && check(current.text, parse);
  useEffect(() => input.current?.setCustomValidity(wrong ?? ''), [wrong]);

  const take = (text: string) => {
    try {
      const taken = parse(text);
      setDraft({ text, value: format(taken) });
      onChange(taken);
    } catch {
      setDraft({ text, value: format(value) });
    }
  };
  const isRefused = refused.value === name;
  const describedBy = [helpId, wrong && `${id}-wrong`, isRefused && OPTION_PROBLEM_ID].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        ref={input}
        form={FORM_ID}
        id={id}
        name={name}
        {...(number ? ({ type: 'number', ...number } as const) : ({ type: 'text' } as const))}
        autocomplete="off"
        value={current?.text ?? format(value)}
        aria-invalid={wrong !== undefined || isRefused}
        aria-describedby={describedBy || undefined}
        onInput={(event) => take(event.currentTarget.value)}
        onBlur={() => wrong || setDraft(undefined)}
      />
      {wrong && (
        <p id={`${id}-wrong`} class="wrong">
          {wrong}
        </p>
      )}
    </div>
  );
}

function check(text: string, parse: (text: string) => unknown): string | undefined {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
