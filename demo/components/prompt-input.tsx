import type { ComponentChildren } from 'preact';
import { change, settings } from '../state/settings.ts';
import type { UnknownWord } from '../state/vocabulary.ts';

interface PromptInputProps {
  readonly unknown: readonly UnknownWord[];
  readonly isMissing: boolean;
}

/** The field of the prompt. A field's text cannot be marked: the same text lies behind it, marked and unseen itself. */
export function PromptInput({ unknown, isMissing }: PromptInputProps) {
  const { prompt } = settings.value;
  const describedBy = [isMissing && 'prompt-wrong', unknown.length > 0 && 'prompt-unknown'].filter(Boolean).join(' ');
  return (
    <div class="prompt-box">
      <div class="prompt-marks" aria-hidden="true">
        {marked(prompt, unknown)}
      </div>
      <textarea
        id="prompt"
        name="prompt"
        rows={2}
        required
        autocomplete="off"
        spellcheck={false}
        value={prompt}
        aria-invalid={isMissing}
        aria-describedby={describedBy || undefined}
        onInput={(event) => change({ prompt: event.currentTarget.value })}
      />
    </div>
  );
}

function marked(prompt: string, unknown: readonly UnknownWord[]): readonly ComponentChildren[] {
  const ends = unknown.map(({ at, word }) => at + word.length);
  const parts = unknown.flatMap(({ at, word }, i) => [
    prompt.slice(ends[i - 1] ?? 0, at),
    <mark key={at}>{word}</mark>,
  ]);
  // A last line that is empty would have no height.
  return [...parts, `${prompt.slice(ends.at(-1) ?? 0)}\u200b`];
}
