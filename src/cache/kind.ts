import { type OptionTable, type OptionValue, type OptionValues, resolveOptions } from './options.ts';
import type { Policy } from './policy.ts';

/** A policy with the options that it was made with. */
export interface ConfiguredPolicy {
  readonly name: string;
  /** All of them, defaults filled in. */
  readonly options: Readonly<Record<string, OptionValue>>;
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
