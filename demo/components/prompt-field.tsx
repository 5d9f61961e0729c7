import { isEmbedded } from '../state/model.ts';
import { drawPrompt, EXAMPLES } from '../state/prompts.ts';
import { change, settings } from '../state/settings.ts';
import { PromptWords } from './prompt-words.tsx';

/** The prompt; for the embedded model with examples of what it knows. */
export function PromptField() {
  const { prompt } = settings.value;
  const isMissing = prompt.trim() === '';
  return (
    <div class="field">
      <label for="prompt">Prompt</label>
      <textarea
        id="prompt"
        name="prompt"
        rows={2}
        required
        autocomplete="off"
        value={prompt}
        aria-invalid={isMissing}
        aria-describedby={isMissing ? 'prompt-wrong' : undefined}
        onInput={(event) => change({ prompt: event.currentTarget.value })}
      />
      {isMissing && (
        <p id="prompt-wrong" class="wrong">
          The prompt is empty: say what to show.
        </p>
      )}
      {isEmbedded.value && <Examples />}
    </div>
  );
}

function Examples() {
  return (
    <>
      <fieldset class="row chips">
        <legend class="unseen">Example prompts</legend>
        {EXAMPLES.map(({ short, prompt }) => (
          <button key={prompt} type="button" class="chip" title={prompt} onClick={() => change({ prompt })}>
            {short}
          </button>
        ))}
        <button type="button" class="chip surprise" onClick={() => change({ prompt: drawPrompt() })}>
          Surprise me
        </button>
      </fieldset>
      <PromptWords />
    </>
  );
}
