import { classes, isEmbedded } from '../state/model.ts';
import { drawPrompt, EXAMPLES } from '../state/prompts.ts';
import { change, settings } from '../state/settings.ts';
import { replaceWord, type UnknownWord, unknownWords } from '../state/vocabulary.ts';
import { ClassField } from './class-field.tsx';
import { PromptInput } from './prompt-input.tsx';
import { PromptWords } from './prompt-words.tsx';

/** The prompt: a class, where the model takes one; for the embedded model with examples of what it knows, and a mark on what it does not. */
export function PromptField() {
  const { prompt } = settings.value;
  if (classes.value) return <ClassField classes={classes.value} />;
  const isMissing = prompt.trim() === '';
  const unknown = isEmbedded.value ? unknownWords(prompt) : [];
  return (
    <div class="field">
      <label for="prompt">What should it show?</label>
      <PromptInput unknown={unknown} isMissing={isMissing} />
      {isMissing && (
        <p id="prompt-wrong" class="wrong">
          The prompt is empty: say what to show.
        </p>
      )}
      {isEmbedded.value && (
        <>
          <UnknownWords unknown={unknown} />
          <Examples />
          <PromptWords />
        </>
      )}
    </div>
  );
}

/** What the model does not know, and the nearest that it does, a press away. */
function UnknownWords({ unknown }: { readonly unknown: readonly UnknownWord[] }) {
  return (
    <div id="prompt-unknown" class="unknown-words" aria-live="polite">
      {unknown.length > 0 && (
        <p class="row">
          <span>Not in this model’s words:</span>
          {unknown.map((each) => (
            <button
              key={`${each.at} ${each.word}`}
              type="button"
              class="chip"
              aria-label={`Replace ${each.word} by ${each.nearest}`}
              onClick={() => change({ prompt: replaceWord(settings.value.prompt, each) })}
            >
              <s>{each.word}</s> {each.nearest}
            </button>
          ))}
        </p>
      )}
    </div>
  );
}

function Examples() {
  return (
    <fieldset class="chips scroll">
      <legend class="unseen">Example prompts</legend>
      {EXAMPLES.map(({ short, prompt, seed }) => (
        <button key={prompt} type="button" class="chip" title={prompt} onClick={() => change({ prompt, seed })}>
          {short}
        </button>
      ))}
      <button type="button" class="chip surprise" onClick={() => change({ prompt: drawPrompt() })}>
        Surprise me
      </button>
    </fieldset>
  );
}
