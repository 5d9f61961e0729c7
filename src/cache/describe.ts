import type { OptionValue } from './options.ts';

/** How an option may be asked for in a form. */
export type OptionInput =
  | {
      readonly kind: 'number';
      /** Allowed from here on. */
      readonly least: number;
      /** Allowed up to here; absent where there is no end. */
      readonly most?: number;
      /** What is sensible: ends of a slider. */
      readonly suggested: readonly [number, number];
      readonly isWhole: boolean;
    }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'flag' }
  | { readonly kind: 'text' }
  /** A JSON that `npm run calibrate` wrote, or its address. */
  | { readonly kind: 'artifact' };

/** An option of a policy. */
export interface OptionDescription {
  readonly name: string;
  /** What it does: a line. */
  readonly help: string;
  readonly default: OptionValue;
  /** In words, e.g. `a number from 0`. */
  readonly allowed: string;
  readonly input: OptionInput;
}

/** A caching method, for forms and help texts. */
export interface PolicyDescription {
  /** As `GenerateOptions.policy` takes it. */
  readonly name: string;
  /** What it does, in half a line. */
  readonly summary: string;
  readonly options: readonly OptionDescription[];
}

/** Every policy that is built. */
export function describePolicies(): readonly PolicyDescription[] {
  throw new Error('under construction');
}
