/** What a clip is made from. */
export interface PromptCase {
  readonly prompt: string;
  readonly seed: number;
}

/**
 * Drawn from `training/scenes.py` in one go, none picked: `caption(sample_scene(rng))`, rng = `random.Random(4)`.
 * Policies are not tuned on these.
 */
const PROMPTS = [
  'a green star moving right and an orange diamond moving left on a white background',
  'a purple square moving left on a white background',
  'a purple diamond standing still and an orange triangle bouncing on a sunset background',
  'a red triangle bouncing on a sunset background',
  'a pink square moving left and a green triangle growing on a black background',
  'a yellow diamond bouncing on a forest background',
  'an orange circle moving down on a black background',
  'a blue triangle moving left on a gray background',
  'an orange circle circling on a sunset background',
  'a green triangle growing on a white background',
  'a red triangle moving up on a sunset background',
  'a yellow square moving left and a pink circle shrinking on a black background',
  'a purple star moving down on a black background',
  'a pink diamond growing and a green star moving down on a gray background',
  'a cyan diamond moving left on a sunset background',
  'a blue triangle growing on a sunset background',
] as const;

/** The seed of the first prompt; each next one has the next seed. */
const FIRST_SEED = 400;

/** Every prompt of the bench, with its seed. */
export const PROMPT_CASES: readonly PromptCase[] = PROMPTS.map((prompt, i) => ({ prompt, seed: FIRST_SEED + i }));
