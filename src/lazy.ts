import { causeMessage, SourceError } from './errors.ts';

/**
 * Waits for code of the library that is loaded when it is first needed.
 *
 * @param what It is for, in errors. @param code The `import()`, which bundlers must see.
 * @throws {SourceError} when it does not come: no connection, or files that a new version of the page has replaced.
 */
export async function lazy<T>(what: string, code: Promise<T>): Promise<T> {
  try {
    return await code;
  } catch (cause) {
    throw new SourceError(
      `The code for ${what} could not be loaded: ${causeMessage(cause)}.`,
      'Check the connection and reload the page, which may have been updated since it was opened.',
      { cause },
    );
  }
}
