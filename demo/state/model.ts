import { computed, signal } from '@preact/signals';
import type { Progress } from 'stillframe';
import type { LoadedModel, ModelChoice } from '../engine/protocol.ts';

/** The model of the page. */
export type ModelState =
  | { readonly kind: 'loading'; readonly progress?: Progress }
  | { readonly kind: 'ready'; readonly loaded: LoadedModel }
  /** It did not work: `problem` says why. Generating tries again. */
  | { readonly kind: 'failed'; readonly isHopeless: boolean };

/** The model that comes with the page. */
export const EMBEDDED = 'shapes';

/** What the page loads: the embedded model, or the user's own. */
export const choice = signal<ModelChoice>(EMBEDDED);

/** How far it is. */
export const model = signal<ModelState>({ kind: 'loading' });

/** The loaded model, or nothing. */
export const loaded = computed(() => (model.value.kind === 'ready' ? model.value.loaded : undefined));
