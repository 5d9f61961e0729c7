/** A command line that cannot be run as written: the message says what to change. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something the user should know that is no bug of ours: printed without a stack. Exit code 1. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** A named error of the library, thrown in the page. */
export class PageError extends CommandError {
  /** @param name Its class in the page, e.g. `OptionError`. */
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** What to print for something caught: the message where it is enough, the stack where it may be a bug of ours. */
export function describeError(error: unknown): string {
  if (error instanceof PageError) return `${error.name}: ${error.message}`;
  if (error instanceof CommandError || error instanceof UsageError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
