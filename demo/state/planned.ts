import { effect, signal } from '@preact/signals';
import type { MemoryPlan } from 'stillframe';
import { loaded } from './model.ts';
import { isBusy, plan } from './session.ts';
import { settings, toRequest } from './settings.ts';

/** Milliseconds that settings rest before a run of them is planned. */
const REST = 300;

/** The memory of a run, or why there can be none. */
export type Planned =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'known'; readonly memory: MemoryPlan }
  | { readonly kind: 'impossible'; readonly message: string };

/** What a run with the settings would hold. */
export const planned = signal<Planned>({ kind: 'unknown' });

/** Plans again as settings and model change, but not during a run, which it would hold up. @returns what ends it. */
export function followPlan(): () => void {
  return effect(() => {
    if (!loaded.value) planned.value = { kind: 'unknown' };
    if (!loaded.value || isBusy.value) return;
    const request = toRequest(settings.value);
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const now = await planOf(request);
      if (isCurrent) planned.value = now;
    }, REST);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  });
}

async function planOf(request: Parameters<typeof plan>[0]): Promise<Planned> {
  try {
    return { kind: 'known', memory: await plan(request) };
  } catch (error) {
    return { kind: 'impossible', message: error instanceof Error ? error.message : String(error) };
  }
}
