/**
 * Which words of a prompt the embedded model does not know, and which of its own come nearest.
 *
 * @module
 */
import { WORDS } from './prompts.ts';

/** A word that means nothing to the model. */
export interface UnknownWord {
  readonly word: string;
  /** Where it begins in the prompt. */
  readonly at: number;
  /** What to say instead. */
  readonly nearest: string;
}

type Kind = keyof typeof WORDS;

const GLUE = ['a', 'an', 'and', 'on', 'background'];

/** Words of each kind, those of motions one by one. */
const KINDS: Readonly<Record<Kind, readonly string[]>> = {
  colors: WORDS.colors,
  shapes: WORDS.shapes,
  motions: WORDS.motions.flatMap((motion) => motion.split(' ')),
  backgrounds: WORDS.backgrounds,
};

const KNOWN = new Set([...GLUE, ...Object.values(KINDS).flat()]);

/** What people say for what the model calls otherwise: meaning, which no spelling tells. */
const SAME: Readonly<Record<string, string>> = {
  ...{ ball: 'circle', dot: 'circle', disc: 'circle', disk: 'circle', sphere: 'circle', sun: 'circle', moon: 'circle' },
  ...{ box: 'square', cube: 'square', rectangle: 'square', pyramid: 'triangle', cone: 'triangle', rhombus: 'diamond' },
  ...{ donut: 'ring', hoop: 'ring', loop: 'ring', wheel: 'ring' },
  ...{ grey: 'gray', violet: 'purple', magenta: 'pink', rose: 'pink', gold: 'yellow', turquoise: 'cyan', teal: 'cyan' },
  ...{ crimson: 'red', scarlet: 'red', navy: 'blue', lime: 'green', dark: 'black', night: 'black', snow: 'white' },
  ...{ rotating: 'spinning', turning: 'spinning', jumping: 'bouncing', orbiting: 'circling', still: 'still' },
  ...{ flying: 'moving', going: 'moving', sliding: 'moving', rising: 'up', falling: 'down', resting: 'standing' },
  ...{
    woods: 'forest',
    jungle: 'forest',
    trees: 'forest',
    heaven: 'sky',
    clouds: 'sky',
    dusk: 'sunset',
    dawn: 'sunset',
  },
  ...{ the: 'a', with: 'and', in: 'on', over: 'on' },
};

/** The words of a prompt that the model does not know, in order. */
export function unknownWords(prompt: string): readonly UnknownWord[] {
  const words = [...prompt.matchAll(/[\p{L}\p{N}'’-]+/gu)].map(({ 0: text, index }) => ({
    text: text.toLowerCase(),
    original: text,
    at: index,
  }));
  return words.flatMap(({ text, original, at }, i) => {
    // The model's tokenizer keeps case apart.
    if (KNOWN.has(original)) return [];
    const expected = expectedKind(words[i - 1]?.text, words[i + 1]?.text);
    return { word: original, at, nearest: nearestTo(text, expected) };
  });
}

/** The prompt with a word replaced by what is nearest. */
export function replaceWord(prompt: string, { word, at, nearest }: UnknownWord): string {
  return prompt.slice(0, at) + nearest + prompt.slice(at + word.length);
}

/** What a sentence wants at a place, by the words beside it. */
function expectedKind(before: string | undefined, after: string | undefined): Kind | undefined {
  if (after === 'background') return 'backgrounds';
  if (isOf('colors', before)) return 'shapes';
  if (isOf('shapes', before) || isOf('motions', before)) return 'motions';
  if (isOf('shapes', after)) return 'colors';
  return isOf('motions', after) ? 'shapes' : undefined;
}

function isOf(kind: Kind, word: string | undefined): boolean {
  return word !== undefined && KINDS[kind].includes(word);
}

/** By meaning, else by spelling: among what the place wants, but for a slip of the keyboard anywhere. */
function nearestTo(word: string, expected: Kind | undefined): string {
  const same = Object.hasOwn(SAME, word) ? SAME[word] : undefined;
  if (same !== undefined) return same;
  const nearest = (candidates: Iterable<string>) =>
    [...candidates]
      .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
      .reduce((best, each) => (each.distance < best.distance ? each : best));
  const anywhere = nearest(KNOWN);
  const isSlip = anywhere.distance <= Math.ceil(word.length / 4);
  return isSlip || !expected ? anywhere.candidate : nearest(KINDS[expected]).candidate;
}

/** Letters to insert, delete or replace, to make one word of another. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + Number(letter !== other);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
