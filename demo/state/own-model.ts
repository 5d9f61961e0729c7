import { signal } from '@preact/signals';
import type { ModelInfo } from 'stillframe';
import { FEW_STEPS } from 'stillframe/policies';
import type { ModelChoice } from '../engine/protocol.ts';
import type { OfferedModel } from './embedded.ts';
import { defaultPolicy } from './policies.ts';
import { inspect, isBusy, openModel } from './session.ts';
import { change, settings } from './settings.ts';

/** A model that the user has chosen and the page does not run yet. */
export type Candidate =
  | { readonly kind: 'looking' }
  | { readonly kind: 'known'; readonly choice: ModelChoice; readonly info: ModelInfo }
  /** It cannot be used: why, and the way out. */
  | { readonly kind: 'refused'; readonly message: string };

/** What was dropped or picked last, until it is taken or waved off. */
export const candidate = signal<Candidate | undefined>(undefined);

/** Looks at what was chosen. If it is no model, that is said, and the loaded one goes on. */
export async function consider(choosing: Promise<ModelChoice>): Promise<void> {
  const looking: Candidate = { kind: 'looking' };
  candidate.value = looking;
  const found = await lookAt(choosing);
  // What was chosen since then is what counts.
  if (candidate.value === looking) candidate.value = found;
}

/** Waves the candidate off. */
export function dismiss(): void {
  candidate.value = undefined;
}

/**
 * Runs the page with the candidate, at its defaults, or at a smaller size where those do not fit: what was tuned was tuned
 * for the model before.
 */
export async function openCandidate(): Promise<void> {
  const taken = candidate.value;
  if (taken?.kind !== 'known' || isBusy.value) return;
  candidate.value = undefined;
  const { defaults, fitting = defaults } = taken.info;
  const { width, height, frames } = fitting;
  const { steps, guidanceScale } = defaults;
  // Of a model that takes few steps, nothing is reused unless it is asked for.
  const tuned = steps <= FEW_STEPS ? defaultPolicy({}, steps) : { preset: undefined, policyOptions: {} };
  const { prompts } = taken.info;
  const prompt = prompts.kind === 'class' ? (Object.keys(prompts.names)[0] ?? '0') : settings.value.prompt;
  change({ prompt, width, height, frames, steps, guidanceScale, ...tuned });
  await openModel(taken.choice);
}

/** Runs the page with a model that it offers, at the model's defaults. */
export async function openOffered({ id, defaults, presets }: OfferedModel): Promise<void> {
  if (isBusy.value) return;
  const { prompt, seed } = settings.value;
  const { width, height, frames, steps, guidanceScale } = defaults;
  change({ prompt, seed, width, height, frames, steps, guidanceScale, ...defaultPolicy(presets, steps) });
  await openModel(id);
}

/** Whether the page can run it: it generates from prompts, or from classes. */
export function takesPrompts({ prompts }: ModelInfo): boolean {
  return prompts.kind !== 'embeddings';
}

async function lookAt(choosing: Promise<ModelChoice>): Promise<Candidate> {
  try {
    const choice = await choosing;
    return { kind: 'known', choice, info: await inspect(choice) };
  } catch (error) {
    return { kind: 'refused', message: error instanceof Error ? error.message : String(error) };
  }
}
