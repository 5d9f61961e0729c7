/**
 * What sort of work a method saves; one that does several things stands where most is saved. `control` is there to be
 * compared with, and reuses nothing.
 */
export type PolicyGroup = 'control' | 'blocks' | 'subLayers' | 'forecasts' | 'branches' | 'tokens' | 'mixed';

/** The groups in plain words, in the order in which people meet them. */
export const POLICY_GROUPS: Readonly<Record<PolicyGroup, string>> = {
  control: 'Nothing reused, to compare with',
  blocks: 'Reuse whole steps or blocks',
  subLayers: 'Reuse parts of blocks',
  forecasts: 'Forecast what comes next',
  branches: 'Save on the pass without the prompt',
  tokens: 'Compute only the parts of the picture that change',
  mixed: 'Several of these at once',
};

/** A caching method in words. */
export interface PolicyWords {
  /** In plain words, the field's own name in brackets: `Reuse blocks (BWCache)`. */
  readonly title: string;
  /** What sort of work it saves. */
  readonly group: PolicyGroup;
  /** What it does, in half a line and the field's words, for help texts. */
  readonly summary: string;
  /** The same in a sentence or two, for somebody who knows none of those words. */
  readonly plain: string;
  /** Where it was published: the address of its paper or, where there is none, of its code. Absent for what is nobody's. */
  readonly source?: string;
}
