/** Prompts that `shapes` is calibrated on: they have each motion, colour, shape and background of `training/scenes.py`. */
export const CALIBRATION_PROMPTS: readonly string[] = [
  'a red circle moving left on a sky background',
  'a yellow star spinning on a black background',
  'a blue square bouncing on a forest background',
  'a green triangle growing on a sunset background',
  'a pink ring circling on a white background',
  'an orange diamond moving up on a gray background',
  'a purple circle shrinking on a sky background',
  'a cyan star moving down on a forest background',
  'a red square standing still on a white background',
  'a blue ring moving right and a yellow triangle spinning on a black background',
];
