import { effect } from '@preact/signals';
import { EMBEDDED } from './embedded.ts';
import { fromQuery, toQuery } from './link.ts';
import { choice, isEmbedded, loaded } from './model.ts';
import { warn } from './problem.ts';
import { settings } from './settings.ts';

/** Milliseconds for which settings rest before they are written: browsers count the writes. */
const REST = 300;

/** Takes the settings from the address, and keeps them there as they change. */
export function followAddress(): void {
  const read = fromQuery(location.search, EMBEDDED.presets);
  settings.value = read.settings;
  read.warnings.forEach(warn);
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const link = makeLink();
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(null, '', link), REST);
  });
}

/** The page's address with all settings as they are now. */
export function makeLink(): string {
  const link = new URL(location.href);
  link.search = toQuery(settings.value, isEmbedded.value ? undefined : ownModelName());
  return link.href;
}

function ownModelName(): string {
  const { value } = choice;
  return loaded.value?.info.id ?? (typeof value === 'string' ? value : 'of a folder');
}
