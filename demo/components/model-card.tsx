import type { ComponentChildren } from 'preact';
import type { ModelInfo } from 'stillframe';
import { choiceName } from '../files/chosen.ts';
import { formatBytes, formatCount } from '../format.ts';
import type { OfferedModel } from '../state/embedded.ts';
import { choice, loaded, model } from '../state/model.ts';
import { openOffered } from '../state/own-model.ts';
import { isBusy } from '../state/session.ts';
import { Fit } from './fit.tsx';
import { ModelParts } from './model-parts.tsx';

/** A model that the page offers: what it is, its size and licence, and the button that takes it. */
export function OfferedModelCard({ model }: { readonly model: OfferedModel }) {
  const isChosen = choice.value === model.id;
  return (
    <Card
      name={model.id}
      isChosen={isChosen}
      facts={`${formatBytes(model.bytes)} to download once, ${model.license} licence`}
    >
      <p class="help">{model.title}</p>
      {!isChosen && (
        <button type="button" disabled={isBusy.value} onClick={() => openOffered(model)}>
          Use {model.id}
        </button>
      )}
    </Card>
  );
}

/** The user's own model, while the page runs it. */
export function OwnModelCard() {
  return <Card name={choiceName(choice.value)} isChosen facts="from your disk; its licence is with it" />;
}

interface CardProps {
  readonly name: string;
  readonly isChosen: boolean;
  readonly facts: string;
  readonly children?: ComponentChildren;
}

/** A line on a model; of the one in use, its parts and whether it fits, for those who want them. */
function Card({ name, isChosen, facts, children }: CardProps) {
  const info = isChosen ? loaded.value?.info : undefined;
  return (
    <li class={isChosen ? 'model-card chosen' : 'model-card'}>
      <p class="model-name">
        <strong>{name}</strong>
        {isChosen && <span class="tag">{STATES[model.value.kind]}</span>}
        {info && <span class="tag">{info.fits ? 'fits this GPU' : 'one buffer does not fit'}</span>}
      </p>
      <p class="help">
        {info && `${size(info)}; `}
        {facts}
      </p>
      {children}
      {info && (
        <details>
          <summary>Its parts, and what they take</summary>
          <ModelParts info={info} />
          <Fit info={info} />
        </details>
      )}
    </li>
  );
}

const STATES = { loading: 'loading', failed: 'not loaded', ready: 'in use' } as const;

function size({ parts, className }: ModelInfo): string {
  const parameters = parts.reduce((total, part) => total + part.parameters, 0);
  return `${className}, ${formatCount(parameters)} parameters`;
}
