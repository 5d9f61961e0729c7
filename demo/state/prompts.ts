/**
 * The embedded model's language: `a COLOR SHAPE MOTION on a BACKGROUND background`, with one thing or two.
 *
 * @module
 */

/** Its words, as in `training/scenes.py`. */
export const WORDS = {
  colors: ['red', 'green', 'blue', 'yellow', 'purple', 'orange', 'cyan', 'pink'],
  shapes: ['circle', 'square', 'triangle', 'star', 'ring', 'diamond'],
  motions: [
    'moving left',
    'moving right',
    'moving up',
    'moving down',
    'bouncing',
    'circling',
    'spinning',
    'growing',
    'shrinking',
    'standing still',
  ],
  backgrounds: ['black', 'white', 'gray', 'sky', 'sunset', 'forest'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/**
 * Prompts to begin with, and what a chip says of them. They and their seeds were chosen by looking at some forty clips:
 * they show what the model does well, which is round and square things in front of a plain background.
 */
export const EXAMPLES = [
  { short: 'sunset', prompt: 'a yellow circle moving right on a sunset background', seed: 3 },
  { short: 'rising', prompt: 'a cyan circle moving up on a black background', seed: 3 },
  { short: 'red square', prompt: 'a red square moving left on a sky background', seed: 7 },
  { short: 'growing', prompt: 'a blue circle growing on a sunset background', seed: 7 },
  {
    short: 'two at once',
    prompt: 'a blue square moving right and a yellow circle moving left on a black background',
    seed: 7,
  },
] as const;

/** How often two things are drawn, as in training. */
const TWO = 0.3;

/**
 * Draws a sentence that the embedded model knows.
 *
 * @param random As `Math.random`.
 */
export function drawPrompt(random: () => number = Math.random): string {
  const colors = [...WORDS.colors];
  const shapes = [...WORDS.shapes];
  // Two things differ in colour and in shape, or they could not be told apart.
  const thing = () => {
    const color = take(colors, random);
    return `${/^[aeiou]/.test(color) ? 'an' : 'a'} ${color} ${take(shapes, random)} ${take([...WORDS.motions], random)}`;
  };
  const things = random() < TWO ? [thing(), thing()] : [thing()];
  return `${things.join(' and ')} on a ${take([...WORDS.backgrounds], random)} background`;
}

function take(words: string[], random: () => number): string {
  const [word] = words.splice(Math.floor(random() * words.length), 1);
  if (word === undefined) throw new Error('no word is left to draw');
  return word;
}
