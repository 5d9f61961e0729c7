/** An artifact of SmoothCache for `steps` steps: of all types the same errors at all steps, by distance in steps. */
export function artifact(steps: number, errors: readonly number[] = [0.1, 0.16, 0.25]) {
  const rows = errors.map((error, i) => new Array<number>(Math.max(0, steps - i - 1)).fill(error));
  return {
    policy: 'smoothcache',
    model: 'tiny',
    sampler: 'flow-match-euler',
    steps,
    kMax: errors.length,
    prompts: ['a prompt'],
    branches: ['cond', 'uncond'],
    errors: { selfAttention: rows, crossAttention: rows, mlp: rows },
  };
}
