import { shownUrl } from './address.ts';
import { readJson } from './read.ts';
import { openUrl } from './source-url.ts';

/**
 * The JSON at an address, which is asked for as it is written: query, escapes and all; `data:` and `blob:` ones, too.
 *
 * @throws as `readJson`.
 */
export function readJsonAt(url: URL, signal?: AbortSignal): Promise<unknown> {
  const shown = shownUrl(url);
  const file = shown.slice(shown.lastIndexOf('/') + 1);
  const source = {
    label: shown.slice(0, shown.length - file.length) || 'The address',
    origin: 'network',
    open: () => openUrl(url, globalThis.fetch, undefined, signal),
  } as const;
  return readJson(source, file, signal);
}
