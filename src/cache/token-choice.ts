/** What a choice of tokens goes by. */
export interface TokenScores {
  /** By token. */
  readonly scores: readonly number[];
  readonly grid: readonly [frames: number, rows: number, columns: number];
  /** What the best of each two by two tokens of a frame gains: this share of its score. */
  readonly bonus: number;
  readonly count: number;
}

/**
 * The tokens with the highest scores, in their order; of equal scores, the earlier. Cells of two by two are cut off at the
 * edges of frames whose sides are odd.
 */
export function chooseTokens({ scores, grid, bonus, count }: TokenScores): number[] {
  const raised = bonus > 0 ? withBonus(scores, grid, bonus) : scores;
  const order = Array.from(raised.keys()).sort((a, b) => (raised[b] as number) - (raised[a] as number) || a - b);
  return order.slice(0, count).sort((a, b) => a - b);
}

function withBonus(scores: readonly number[], [, rows, columns]: TokenScores['grid'], bonus: number): number[] {
  const best = new Map<string, number>();
  for (const [token, score] of scores.entries()) {
    const [frame, place] = [Math.floor(token / (rows * columns)), token % (rows * columns)];
    const cell = `${frame} ${Math.floor(place / columns) >> 1} ${(place % columns) >> 1}`;
    const other = best.get(cell);
    if (other === undefined || score > (scores[other] as number)) best.set(cell, token);
  }
  const chosen = new Set(best.values());
  return scores.map((score, token) => (chosen.has(token) ? score * (1 + bonus) : score));
}

/**
 * Numbers in [0, 1) that depend on nothing but where they are asked for: both branches get the same, in any order
 * (splitmix32, seeded by what is mixed of the place).
 */
export function randomScores(count: number, seed: number, step: number, block: number): number[] {
  let state = mixed(mixed(mixed(seed | 0) + step) + block);
  return Array.from({ length: count }, () => {
    state = (state + 0x9e3779b9) | 0;
    return (mixed(state) >>> 0) / 2 ** 32;
  });
}

function mixed(value: number): number {
  let mix = value;
  mix = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad);
  mix = Math.imul(mix ^ (mix >>> 15), 0x735a2d97);
  return mix ^ (mix >>> 15);
}
