import type { ModelInfo } from 'stillframe';
import { dismiss, openCandidate, takesPrompts } from '../state/own-model.ts';
import { isBusy } from '../state/session.ts';
import { bringIntoView } from './bring-into-view.ts';
import { Fit } from './fit.tsx';
import { ModelParts } from './model-parts.tsx';

/** A model that could be run: what it is, whether it fits, and the button that takes it. */
export function CandidateInfo({ info }: { readonly info: ModelInfo }) {
  const canRun = takesPrompts(info);
  return (
    <article class="box" aria-labelledby="candidate-title" ref={bringIntoView}>
      <h2 id="candidate-title">{info.id}</h2>
      <p class="help">{info.className}, with these parts:</p>
      <ModelParts info={info} />
      <Fit info={info} />
      {!canRun && (
        <p class="doubt">
          It has no text encoder, and this page generates from prompts. The library runs it with embeddings of your own:
          promptEmbeds.
        </p>
      )}
      <div class="row">
        <button type="button" class="primary" disabled={!canRun || isBusy.value} onClick={openCandidate}>
          Use this model
        </button>
        <button type="button" onClick={dismiss}>
          Not now
        </button>
      </div>
      {canRun && isBusy.value && <p class="help">When the run is over, or stopped.</p>}
    </article>
  );
}
