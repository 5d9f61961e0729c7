import type { PromptKind } from 'stillframe';
import { change, settings } from '../state/settings.ts';

interface Props {
  readonly classes: Extract<PromptKind, { kind: 'class' }>;
}

/** What to show, of the classes that the model knows: by name, where they have names, or number. */
export function ClassField({ classes: { count, names } }: Props) {
  const { prompt } = settings.value;
  const isKnown = Object.hasOwn(names, prompt.trim()) || (/^\d+$/.test(prompt.trim()) && Number(prompt) < count);
  return (
    <div class="field">
      <label for="prompt">What should it show?</label>
      <input
        id="prompt"
        name="prompt"
        type="text"
        list="prompt-classes"
        required
        autocomplete="off"
        value={prompt}
        aria-invalid={!isKnown}
        aria-describedby="prompt-about"
        ref={(field) => field?.setCustomValidity(isKnown ? '' : 'No such class.')}
        onInput={(event) => change({ prompt: event.currentTarget.value })}
      />
      <datalist id="prompt-classes">
        {Object.keys(names).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <p id="prompt-about" class={isKnown ? 'help' : 'wrong'}>
        One of the {count} classes of the model, by name or by number from 0.
      </p>
    </div>
  );
}
