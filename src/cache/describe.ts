import { POLICIES } from './index.ts';
import type { OptionInput, OptionKind, OptionValue } from './options.ts';
import type { PolicyWords } from './words.ts';

export type { OptionInput };

/** An option of a policy. */
export interface OptionDescription extends Pick<OptionKind<OptionValue>, 'default' | 'help' | 'allowed' | 'input'> {
  /** As `GenerateOptions.policyOptions` takes it. */
  readonly name: string;
}

/** A caching method, for forms and help texts. */
export interface PolicyDescription extends PolicyWords {
  /** As `GenerateOptions.policy` takes it. */
  readonly name: string;
  /** What it can be told. */
  readonly options: readonly OptionDescription[];
}

/** Every policy that is built, with its options in the order in which a form should ask for them. */
export function describePolicies(): readonly PolicyDescription[] {
  return POLICIES.map(({ name, title, group, summary, plain, source, options }) => ({
    name,
    title,
    group,
    summary,
    plain,
    ...(source !== undefined && { source }),
    options: Object.entries(options).map(([name, { default: fallback, help, allowed, input }]) => {
      return { name, default: fallback, help, allowed, input };
    }),
  }));
}
