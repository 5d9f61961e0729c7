import type { TargetedEvent, TargetedKeyboardEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { refused } from '../state/problem.ts';
import { generate, isBusy } from '../state/session.ts';
import '../styles/form.css';
import { CopyLink } from './copy-link.tsx';
import { MoreFields } from './more-fields.tsx';
import { OptionFields } from './option-fields.tsx';
import { OptionProblem } from './option-problem.tsx';
import { PolicyField } from './policy-field.tsx';
import { PresetField } from './preset-field.tsx';
import { PromptField } from './prompt-field.tsx';
import { RunButton } from './run-button.tsx';
import { SeedField } from './seed-field.tsx';
import { SettingField } from './setting-field.tsx';

/** What to generate. */
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
      class="panel generate"
      aria-label="Generate"
      noValidate
      onSubmit={submit}
      onKeyDown={submitOnEnter}
    >
      <PromptField />
      <div class="generate-numbers">
        <SeedField />
        <SettingField name="steps" />
        <SettingField name="guidanceScale" />
        <p class="help">More steps are finer and slower; more guidance keeps closer to the prompt.</p>
      </div>
      <PolicyField />
      <PresetField />
      <RunButton />
      <OptionProblem />
      <OptionFields />
      <MoreFields />
      <CopyLink />
    </form>
  );
}

/** The fields say by themselves what is wrong with them; the first is shown. */
function submit(event: TargetedEvent<HTMLFormElement>): void {
  event.preventDefault();
  const wrong = event.currentTarget.querySelector<HTMLElement>(':is(input, select, textarea):invalid');
  if (wrong) show(wrong);
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
