import type { ModelInfo } from 'stillframe';
import { choiceName } from '../files/chosen.ts';
import { formatBytes, formatCount } from '../format.ts';
import { choice, isEmbedded, loaded, model } from '../state/model.ts';
import { openEmbedded } from '../state/own-model.ts';
import { isBusy } from '../state/session.ts';
import { ModelParts } from './model-parts.tsx';

/** The model that the page runs: a line, and its parts for those who want them. */
export function LoadedModelDetails() {
  const info = loaded.value?.info;
  return (
    <>
      <details>
        <summary>
          <strong>{choiceName(choice.value)}</strong>{' '}
          <span class="help">{info ? size(info) : STATES[model.value.kind]}</span>
        </summary>
        {info && (
          <>
            <p class="help">{info.className}, with these parts:</p>
            <ModelParts info={info} />
          </>
        )}
      </details>
      {!isEmbedded.value && (
        <button type="button" disabled={isBusy.value} onClick={openEmbedded}>
          Back to the embedded model
        </button>
      )}
    </>
  );
}

const STATES = { loading: 'is being loaded.', failed: 'is not loaded.', ready: '' } as const;

function size({ parts }: ModelInfo): string {
  const sum = (key: 'parameters' | 'bytes') => parts.reduce((total, part) => total + part[key], 0);
  return `${formatCount(sum('parameters'))} parameters, ${formatBytes(sum('bytes'))}`;
}
