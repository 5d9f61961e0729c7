import { signal } from '@preact/signals';
import type { OptionValue } from 'stillframe';
import type { RunRequest } from '../engine/protocol.ts';
import { EMBEDDED } from './embedded.ts';
import { defaultPolicy } from './policies.ts';
import { EXAMPLES } from './prompts.ts';

/** What the form says; all of it is in the address. */
export interface Settings {
  readonly prompt: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidanceScale: number;
  readonly frames: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly policy: string;
  /** The model's preset for the policy, which `policyOptions` may change; absent: the policy's own defaults. */
  readonly preset?: string;
  /** What was set by hand. */
  readonly policyOptions: Readonly<Record<string, OptionValue>>;
}

// The model's own stay: the form does not ask for them.
const { sampler: _sampler, fps: _fps, ...defaults } = EMBEDDED.defaults;

/** Of the embedded model. */
export const FIRST_SETTINGS: Settings = {
  prompt: EXAMPLES[0].prompt,
  seed: EXAMPLES[0].seed,
  ...defaults,
  ...defaultPolicy(EMBEDDED.presets, defaults.steps),
};

/** The form's state. It holds nothing that the form's rules refuse: what is half typed stays in its field. */
export const settings = signal<Settings>(FIRST_SETTINGS);

/** Changes some of them. */
export function change(some: Partial<Settings>): void {
  settings.value = { ...settings.value, ...some };
}

/** What the settings ask the library for. */
export function toRequest({ preset, policyOptions, ...rest }: Settings): RunRequest {
  return { ...rest, policyOptions: { ...(preset !== undefined && { preset }), ...policyOptions } };
}

/** What settings asked for that. */
export function fromRequest({ policyOptions = {}, ...rest }: RunRequest): Partial<Settings> {
  const { preset, ...own } = policyOptions;
  return { ...rest, policyOptions: own, preset: typeof preset === 'string' ? preset : undefined };
}
