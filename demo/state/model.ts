import { computed, signal } from '@preact/signals';
import type { Progress } from 'stillframe';
import type { LoadedModel, ModelChoice } from '../engine/protocol.ts';
import { EMBEDDED, EMBEDDED_ID, EMBEDDED_SIZES, EMBEDDED_WORK } from './embedded.ts';
import type { EstimatedModel } from './estimate.ts';
import type { Presets } from './policies.ts';
import { numberRules } from './rules.ts';

/** The model of the page. */
export type ModelState =
  | { readonly kind: 'loading'; readonly progress?: Progress }
  | { readonly kind: 'ready'; readonly loaded: LoadedModel }
  /** It did not work, and `problem` says why, or it was stopped. Generating tries again. */
  | { readonly kind: 'failed'; readonly isHopeless: boolean };

/** What the page loads: the embedded model, or the user's own. */
export const choice = signal<ModelChoice>(EMBEDDED_ID);

/** How far it is. */
export const model = signal<ModelState>({ kind: 'loading' });

/** The loaded model, or nothing. */
export const loaded = computed(() => (model.value.kind === 'ready' ? model.value.loaded : undefined));

/** Whether it is the model that comes with the page. */
export const isEmbedded = computed(() => choice.value === EMBEDDED_ID);

/** Tuned options of the model, by policy and name. */
export const presets = computed<Presets>(() => loaded.value?.presets ?? (isEmbedded.value ? EMBEDDED.presets : {}));

/** The sizes that it makes: as the model says, once it is loaded. */
export const sizes = computed(() => loaded.value?.info.sizes ?? EMBEDDED_SIZES);

/** What the form's numbers may be. */
export const rules = computed(() => numberRules(sizes.value));

/** The classes of a model that takes one instead of a text. */
export const classes = computed(() => {
  const prompts = loaded.value?.info.prompts;
  return prompts?.kind === 'class' ? prompts : undefined;
});

/** What says how long a run takes: of the embedded model before it is loaded, too. */
export const estimated = computed<({ readonly info: EstimatedModel } & Pick<LoadedModel, 'defaults'>) | undefined>(
  () => loaded.value ?? (isEmbedded.value ? { info: EMBEDDED_WORK, defaults: EMBEDDED.defaults } : undefined),
);
