import { useSignal } from '@preact/signals';
import { snippetOf } from '../snippet/code.ts';
import { choice, loaded } from '../state/model.ts';
import { isExample, shown } from '../state/runs.ts';
import { settings, toRequest } from '../state/settings.ts';
import '../styles/snippet.css';

/** The code that the shown run amounts to; before the first run, what the form asks for. */
export function Snippet() {
  const run = shown.value && !isExample(shown.value) ? shown.value : undefined;
  const code = run
    ? snippetOf({ name: run.model, isOwn: run.isOwnModel }, run.request)
    : snippetOf(chosenModel(), toRequest(settings.value));
  return (
    <section class="snippet-section" aria-labelledby="snippet-title">
      <div class="row snippet-head">
        <h2 id="snippet-title">Use this in your app</h2>
        <CopyButton text={code} />
      </div>
      <p class="help">{run ? `Run ${run.id} in code.` : 'What the form asks for, in code.'}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <pre class="snippet" tabIndex={0}>
        <code>{code}</code>
      </pre>
    </section>
  );
}

function CopyButton({ text }: { readonly text: string }) {
  const said = useSignal('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = 'Copied.';
    } catch {
      said.value = 'The browser does not let this page copy: select the code instead.';
    }
  };
  return (
    <span class="row">
      <span class="help" role="status">
        {said.value}
      </span>
      <button type="button" onClick={copy}>
        Copy code
      </button>
    </span>
  );
}

function chosenModel() {
  const { value } = choice;
  if (typeof value === 'string') return { name: value, isOwn: false };
  return { name: loaded.value?.info.id ?? 'my-model', isOwn: true };
}
