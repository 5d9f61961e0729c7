/**
 * Addresses as callers give them: made whole, and shown without what may be a secret.
 *
 * @module
 */

import { OptionError } from '../errors.ts';

/**
 * An address, whole: relative ones count from the page, or from a worker's script.
 *
 * @param what What it is the address of, as it begins a sentence. @throws {OptionError} for what is no address.
 */
export function wholeUrl(address: string | URL, what: string): URL {
  const base = typeof document === 'undefined' ? globalThis.location?.href : document.baseURI;
  if (URL.canParse(address, base)) return new URL(address, base);
  throw new OptionError(
    `${what} is ${JSON.stringify(cut(String(address)))}, which is no address${base === undefined ? ' where there is no page' : ''}.`,
    'Give a whole URL, such as https://host/folder/.',
  );
}

/** Whether paths can be put behind an address, as behind `https:` ones, and not behind `data:` or `blob:` ones. */
export function isFolderUrl(url: URL): boolean {
  return URL.canParse('path', url);
}

/** An address for messages: without its query, which may hold a signature, and cut where it holds data. */
export function shownUrl(url: URL): string {
  if (!isFolderUrl(url)) return cut(url.href);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
