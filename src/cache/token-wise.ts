import { type Action, forward, keep, restore, run, runTokens } from './action.ts';
import type { Declaration, Slot } from './declaration.ts';
import { choiceOption, countOption, numberOption, type OptionValues } from './options.ts';
import type { PlannedForward, Policy } from './policy.ts';
import { type ForwardKey, type RunShape, type SubLayer, tokensOf } from './run-shape.ts';
import { blockSites, type Site, span } from './site.ts';
import { subLayerSlots } from './sub-layer-slots.ts';
import { chooseTokens, randomScores } from './token-choice.ts';

/** Options of token-wise caching; defaults are those of the published code for video (Open-Sora). */
export const TOKEN_WISE = {
  interval: countOption({
    default: 3,
    of: 'steps',
    least: 1,
    suggested: [1, 8],
    help: 'One step of so many computes everything; those between reuse, but for some tokens.',
  }),
  crossInterval: countOption({
    default: 6,
    of: 'steps',
    least: 1,
    suggested: [1, 12],
    help: 'Cross-attention is computed at one step of so many.',
  }),
  first: countOption({
    default: 3,
    of: 'steps',
    least: 1,
    suggested: [1, 10],
    help: 'So many first steps compute everything.',
  }),
  // Open-Sora counts up, DiT down.
  stepNumbering: choiceOption({
    default: 'up',
    choices: ['up', 'down'],
    help: 'Whether steps are counted from the first, or from the last, which is then computed.',
  }),
  // 0.1, times 1 + 0.33 * 1.5 for the MLP.
  ratio: numberOption({
    default: 0.1495,
    least: 0,
    most: 1,
    suggested: [0, 0.5],
    allowed: 'a share of the tokens, 0 to 1',
    help: 'The share of tokens whose MLP is computed at steps between.',
  }),
  stepWeight: numberOption({
    default: 0,
    least: -5,
    most: 5,
    suggested: [-2, 2],
    allowed: 'a number, -5 to 5',
    help: 'How much larger that share is at the step numbered 0 than at the middle one.',
  }),
  layerWeight: numberOption({
    default: 0,
    least: -5,
    most: 5,
    suggested: [-1, 1],
    allowed: 'a number, -5 to 5',
    help: 'How much larger that share is in the first block than in the middle one.',
  }),
  staleness: numberOption({
    default: 0.25,
    least: 0,
    suggested: [0, 2],
    allowed: 'a number from 0',
    help: 'What a token gains for each interval of choices that has passed it over.',
  }),
  bonus: numberOption({
    default: 0,
    least: 0,
    suggested: [0, 1],
    allowed: 'a share from 0',
    help: 'What the best of each two by two tokens gains, as a share of its score.',
  }),
} as const;

/** The sub-layer whose tokens are computed one by one. */
const BY_TOKEN = 'mlp';

/** What a step is: `full` computes everything, `tokens` some tokens of MLPs, `none` nothing at all. */
type StepKind = 'full' | 'tokens' | 'none';

/**
 * Token-wise caching. Between full steps attention is reused as it was before its gate, and MLPs are computed for the tokens
 * with the highest scores: drawn at random, and raised the longer a token has not been chosen. What is computed takes
 * its place in what is kept. Both branches draw alike.
 */
export class TokenWise implements Policy {
  #shape: RunShape | undefined;
  #keeps = false;
  /** By key and block, for each token how many choices have passed it over. */
  readonly #passedOver = new Map<string, number[]>();

  /** @param alternates Whether every second step between full ones takes the whole stream over from the step before (DuCa). */
  constructor(
    private readonly options: OptionValues<typeof TOKEN_WISE>,
    private readonly alternates: boolean,
  ) {}

  declare(shape: RunShape): Declaration {
    const remedy = 'Make the clip smaller or shorter, or use the policy bwcache, which keeps one tensor a branch.';
    const steps = Array.from({ length: shape.steps }, (_, step) => step);
    const kinds = new Set(steps.map((step) => this.#kind(shape, step)));
    const slots: Slot[] = [];
    if (kinds.size > 1) {
      for (const [i, slot] of subLayerSlots(shape).entries()) {
        const block = Math.floor(i / shape.subLayers.length);
        const isByToken = slot.site.endsWith(`.${BY_TOKEN}`);
        const counts = isByToken ? this.#counts(shape, steps, block) : [];
        slots.push({ ...slot, ...(counts.length > 0 && { tokenCounts: counts }) });
      }
    }
    if (kinds.has('none')) slots.push({ name: 'stream', site: span(0, shape.blocks - 1), value: 'output' });
    return { slots, remedy };
  }

  begin(shape: RunShape): void {
    this.#shape = shape;
    this.#keeps = this.declare(shape).slots.length > 0;
    this.#passedOver.clear();
  }

  plan({ step, key, isForced }: PlannedForward): readonly Action[] {
    const shape = this.#shape as RunShape;
    const kind = isForced ? 'full' : this.#kind(shape, step);
    if (kind === 'none') return forward(restore('stream'));
    const blocks = blockSites(shape);
    if (!this.#keeps) return forward(...blocks.map((site) => run(site)));
    const actions = blocks.flatMap((site, block) =>
      shape.subLayers.map((type) => this.#subLayer({ step, key, kind, site, block, type }, shape)),
    );
    return forward(...(this.#hasNone(shape) ? [keep('stream', ...actions)] : actions));
  }

  #subLayer(
    at: {
      readonly step: number;
      readonly key: ForwardKey;
      readonly kind: StepKind;
      readonly site: Site;
      readonly block: number;
      readonly type: SubLayer;
    },
    shape: RunShape,
  ): Action {
    const { step, key, kind, block, type } = at;
    const site = `${at.site}.${type}` as Site;
    const isFull = type === 'crossAttention' ? kind === 'full' && this.#crossIsDue(shape, step) : kind === 'full';
    if (isFull) {
      if (type === BY_TOKEN) this.#passedOver.delete(`${key} ${block}`);
      return keep(site, run(site));
    }
    const count = type === BY_TOKEN ? this.#count(shape, key, step, block) : 0;
    if (count === 0) return restore(site);
    return keep(site, runTokens(site, this.#choose(shape, key, step, block, count)));
  }

  #choose(shape: RunShape, key: ForwardKey, step: number, block: number, count: number): number[] {
    const { staleness, bonus, interval } = this.options;
    const tokens = tokensOf(shape, key);
    const place = `${key} ${block}`;
    const passedOver = this.#passedOver.get(place) ?? new Array<number>(tokens).fill(0);
    const random = randomScores(tokens, shape.seed, step, block);
    const scores = random.map((score, token) => score + (staleness * (passedOver[token] as number)) / interval);
    const chosen = chooseTokens({ scores, grid: shape.grids[key] ?? [1, 1, tokens], bonus, count });
    const isChosen = new Set(chosen);
    this.#passedOver.set(
      place,
      passedOver.map((times, token) => (isChosen.has(token) ? 0 : times + 1)),
    );
    return chosen;
  }

  /** Tokens of a block's MLP that are computed at a step between full ones. */
  #count(shape: RunShape, key: ForwardKey, step: number, block: number): number {
    const { ratio, stepWeight, layerWeight } = this.options;
    const along = (weight: number, share: number) => 1 + weight - 2 * weight * share;
    const steps = along(stepWeight, this.#number(shape, step) / shape.steps);
    const layers = along(layerWeight, block / Math.max(1, shape.blocks - 1));
    const share = Math.min(1, Math.max(0, ratio * steps * layers));
    // 0.7 of 10 is a little below 7 in floating point.
    return Math.floor(share * tokensOf(shape, key) + 1e-9);
  }

  /** The numbers of tokens that a block's MLP is ever computed for. */
  #counts(shape: RunShape, steps: readonly number[], block: number): number[] {
    const between = steps.filter((step) => this.#kind(shape, step) === 'tokens');
    const counts = shape.keys.flatMap((key) => between.map((step) => this.#count(shape, key, step, block)));
    return [...new Set(counts)].filter((count) => count > 0);
  }

  #kind(shape: RunShape, step: number): StepKind {
    const { first, interval } = this.options;
    const between = this.#number(shape, step) % interval;
    if (step < first || between === 0) return 'full';
    return this.alternates && between % 2 === 0 ? 'none' : 'tokens';
  }

  #hasNone(shape: RunShape): boolean {
    return shape.timesteps.some((_, step) => this.#kind(shape, step) === 'none');
  }

  #crossIsDue(shape: RunShape, step: number): boolean {
    const { first, crossInterval } = this.options;
    return step < first || this.#number(shape, step) % crossInterval === 0;
  }

  #number({ steps }: RunShape, step: number): number {
    return this.options.stepNumbering === 'up' ? step : steps - 1 - step;
  }
}
