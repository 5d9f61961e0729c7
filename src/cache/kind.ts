import type { Calibration } from './calibration.ts';
import { type CacheLimits, cacheLimits, LIMITS, NO_LIMITS } from './limits.ts';
import { type OptionTable, type OptionValue, type OptionValues, resolveOptions } from './options.ts';
import type { Policy } from './policy.ts';
import type { PolicyGroup, PolicyWords } from './words.ts';

/** A caching method as it was used. */
export interface PolicyUse {
  /** `none` where every block was computed. */
  readonly name: string;
  /** All of them by name, defaults filled in. */
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** A policy with the options that it was made with. */
export interface ConfiguredPolicy extends PolicyUse {
  /** What sort of work it saves. */
  readonly group: PolicyGroup;
  readonly policy: Policy;
  /** What the scheduler holds it to. */
  readonly limits: CacheLimits;
}

/** A caching method by name. */
export interface PolicyKind extends PolicyWords {
  readonly name: string;
  /** Its own, then those that all have. */
  readonly options: OptionTable;
  /** For a policy whose artifact `npm run calibrate` makes. */
  readonly calibration?: Calibration;
  /** Makes a policy for one run. @throws {OptionError} */
  configure(given: Readonly<Record<string, unknown>>): ConfiguredPolicy;
}

/**
 * Describes a caching method: a policy's file ends in a call of this. It gets the options of `LIMITS`, too.
 *
 * @param own Its options; one that is named as one of `LIMITS` takes its place, for another default.
 */
export function policyKind<T extends OptionTable>(
  name: string,
  words: PolicyWords,
  own: T,
  create: (options: OptionValues<T>) => Policy,
  calibration?: Calibration,
): PolicyKind {
  const options = { ...own, ...LIMITS, ...own };
  return {
    name,
    ...words,
    options,
    ...(calibration && { calibration }),
    configure(given) {
      const values = resolveOptions(name, options, given);
      return { name, group: words.group, options: values, policy: create(values), limits: cacheLimits(values) };
    },
  };
}

/** Describes what reuses nothing, and so has no use for limits. */
export function plainKind<T extends OptionTable>(
  name: string,
  words: PolicyWords,
  options: T,
  create: (options: OptionValues<T>) => Policy,
): PolicyKind {
  return {
    name,
    ...words,
    options,
    configure(given) {
      const values = resolveOptions(name, options, given);
      return { name, group: words.group, options: values, policy: create(values), limits: NO_LIMITS };
    },
  };
}
