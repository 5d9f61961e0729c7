import { StillframeError } from '../../src/errors.ts';

/** What a call came to, in a form that crosses to Node. */
export type CallOutcome =
  | { readonly value: unknown }
  | { readonly error: { className: string; message: string; stack: string; isNamed: boolean } };

/** Offers functions of the page to the process that drives the browser (`BrowserSession.call`). */
export function expose(api: object): void {
  const methods = api as Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;
  const harness = async (name: string, args: unknown[]): Promise<CallOutcome> => {
    try {
      return { value: await methods[name]?.(...args) };
    } catch (error) {
      return { error: describe(error) };
    }
  };
  Object.assign(window, { harness });
}

/** Hands an event to `SessionOptions.onEvent`. */
export function emit(event: unknown): void {
  (window as unknown as { emit(event: unknown): void }).emit(event);
}

function describe(error: unknown): { className: string; message: string; stack: string; isNamed: boolean } {
  if (!(error instanceof Error)) return { className: 'Error', message: String(error), stack: '', isNamed: false };
  const { name, message, stack = message } = error;
  return { className: name, message, stack, isNamed: error instanceof StillframeError };
}
