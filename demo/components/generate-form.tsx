import type { TargetedEvent, TargetedKeyboardEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { refused } from '../state/problem.ts';
import { generate, isBusy } from '../state/session.ts';
import '../styles/form.css';
import { FORM_ID } from './form-id.ts';
import { LoadLine } from './load-line.tsx';
import { OptionProblem } from './option-problem.tsx';
import { Pace } from './pace.tsx';
import { PromptField } from './prompt-field.tsx';
import { RunButton } from './run-button.tsx';

/** What to show, and the button that makes it. The fields of the settings belong to the form, too. */
export function GenerateForm() {
  const form = useRef<HTMLFormElement>(null);
  const name = refused.value;
  useEffect(() => {
    const field = name && form.current?.elements.namedItem(name);
    if (field instanceof HTMLElement) show(field);
  }, [name]);
  return (
    <form
      ref={form}
      id={FORM_ID}
      class="ask"
      aria-label="Generate"
      noValidate
      onSubmit={submit}
      onKeyDown={submitOnEnter}
    >
      <PromptField />
      <RunButton />
      <OptionProblem />
      <Pace />
      <LoadLine />
    </form>
  );
}

/** The fields say by themselves what is wrong with them; the first is shown. */
function submit(event: TargetedEvent<HTMLFormElement>): void {
  event.preventDefault();
  const wrong = [...event.currentTarget.elements].find((field) => field.matches(':invalid'));
  if (wrong instanceof HTMLElement) show(wrong);
  else void generate();
}

/** A prompt is one line, if a long one. */
function submitOnEnter(event: TargetedKeyboardEvent<HTMLFormElement>): void {
  const isLine = event.key === 'Enter' && !event.shiftKey && !event.isComposing;
  if (!isLine || !(event.target instanceof HTMLTextAreaElement)) return;
  event.preventDefault();
  if (!isBusy.value) event.currentTarget.requestSubmit();
}

function show(field: HTMLElement): void {
  const details = field.closest('details');
  if (details) details.open = true;
  field.focus();
}
