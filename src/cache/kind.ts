import { type OptionTable, type OptionValue, type OptionValues, resolveOptions } from './options.ts';
import type { Policy } from './policy.ts';

/** A caching method as it was used. */
export interface PolicyUse {
  /** `none` where every block was computed. */
  readonly name: string;
  /** All of them by name, defaults filled in. */
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** A policy with the options that it was made with. */
export interface ConfiguredPolicy extends PolicyUse {
  readonly policy: Policy;
}

/** A caching method by name. */
export interface PolicyKind {
  readonly name: string;
  /** What it does, in half a line, for help texts. */
  readonly summary: string;
  readonly options: OptionTable;
  /** Makes a policy for one run. @throws {OptionError} */
  configure(given: Readonly<Record<string, unknown>>): ConfiguredPolicy;
}

/** Describes a caching method: a policy's file ends in a call of this. */
export function policyKind<T extends OptionTable>(
  name: string,
  summary: string,
  options: T,
  create: (options: OptionValues<T>) => Policy,
): PolicyKind {
  return {
    name,
    summary,
    options,
    configure(given) {
      const values = resolveOptions(name, options, given);
      return { name, options: values, policy: create(values) };
    },
  };
}
