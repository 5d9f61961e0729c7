import type { OptionKind } from './options.ts';

/** Steps from a computed one to the next by a change: those of the first pair whose threshold it is below, else the last's. */
export type Codebook = readonly (readonly [below: number, steps: number])[];

/** AdaCache's, published for Open-Sora: of 30 steps, and of 100. */
const PUBLISHED: Readonly<Record<string, string>> = {
  fast: '0.08:6, 0.16:5, 0.24:4, 0.32:3, 0.40:2, 1:1',
  slow: '0.08:3, 0.16:2, 0.24:1, 0.32:1, 0.40:1, 1:1',
  hundred: '0.03:12, 0.05:10, 0.07:8, 0.09:6, 0.11:4, 1:3',
};

/** A codebook by its published name, or as pairs such as `0.08:6, 0.16:5, 1:1`. */
export function codebookOption({ default: fallback, help }: { readonly default: string; readonly help: string }) {
  const option: OptionKind<string> = {
    default: fallback,
    help,
    allowed: `${Object.keys(PUBLISHED).join(', ')}, or pairs of a threshold, rising, and a count of steps, such as "0.08:6, 1:1"`,
    input: { kind: 'text' },
    accepts: (value): value is string => typeof value === 'string' && isCodebook(parseCodebook(value)),
  };
  return option;
}

/** The pairs of a codebook; NaN for what is no number. */
export function parseCodebook(text: string): Codebook {
  const given = Object.hasOwn(PUBLISHED, text) ? (PUBLISHED[text] as string) : text;
  return given.split(',').map((pair) => {
    const [below = '', steps = '', ...rest] = pair.split(':').map((part) => part.trim());
    const isPair = below !== '' && steps !== '' && rest.length === 0;
    return isPair ? [Number(below), Number(steps)] : [Number.NaN, Number.NaN];
  });
}

/** Steps to the next computed one. @param change NaN and infinity are the last pair's. */
export function rateOf(codebook: Codebook, change: number): number {
  const [, steps = 1] = codebook.slice(0, -1).find(([below]) => change < below) ?? codebook.at(-1) ?? [];
  return steps;
}

function isCodebook(pairs: Codebook): boolean {
  return pairs.every(([below, steps], i) => {
    const [before] = pairs[i - 1] ?? [Number.NEGATIVE_INFINITY];
    return below > before && Number.isInteger(steps) && steps >= 1;
  });
}
