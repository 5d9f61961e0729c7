import { computed, signal } from '@preact/signals';

/** Something that went wrong: the error's name and what it says, with the way out. */
export interface Problem {
  /** E.g. `DeviceLostError`; an error's class does not come across from the worker. */
  readonly name: string;
  readonly message: string;
}

/** What the page shows as wrong, or nothing. */
export const problem = signal<Problem | undefined>(undefined);

/** The option that the library refused, by its path, e.g. `frames` or `policyOptions.threshold`. */
export const refused = computed(() => {
  const { value } = problem;
  return value?.name === 'OptionError' ? /^([\w.]+) is /.exec(value.message)?.[1] : undefined;
});

/** Things the user should know, such as a prompt that was cut. */
export const warnings = signal<readonly string[]>([]);

/** Tells the user something, once. */
export function warn(message: string): void {
  if (!warnings.value.includes(message)) warnings.value = [...warnings.value, message];
}

/** Shows an error. */
export function report(error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  problem.value = { name, message };
}
