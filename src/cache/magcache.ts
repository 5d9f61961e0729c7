import { type Action, forward, keep, restore, run } from './action.ts';
import { artifactOption, expectMatch, missingArtifact } from './artifact.ts';
import type { Declaration } from './declaration.ts';
import { policyKind } from './kind.ts';
import { magCacheCalibration, parseMagCacheArtifact, ratiosOf } from './magcache-artifact.ts';
import { type MagRatios, nearestRatios, PUBLISHED_RATIOS, publishedRatios } from './magcache-ratios.ts';
import { choiceOption, countOption, numberOption, type OptionKind, type OptionValues } from './options.ts';
import type { PlannedForward, Policy } from './policy.ts';
import type { ForwardKey, RunIdentity, RunShape } from './run-shape.ts';
import { blockSites, span } from './site.ts';

/** A model's name, or ratios by step of both branches; empty where the artifact has them. */
const ratiosOption: OptionKind<string | readonly number[]> = {
  default: '',
  help: 'Whose published ratios are taken, or the ratios, by step. Empty: those of the artifact.',
  allowed: `${PUBLISHED_RATIOS.join(', ')}, or numbers, such as "1, 1.02, 0.99"`,
  input: { kind: 'text' },
  accepts: (value): value is string | readonly number[] => {
    if (typeof value !== 'string' && !Array.isArray(value)) return false;
    return value === '' || PUBLISHED_RATIOS.some((name) => name === value) || parseRatios(value).every(Number.isFinite);
  },
};

/** Options; defaults are those of MagCache's code for Wan 2.1. */
const OPTIONS = {
  threshold: numberOption({
    default: 0.12,
    least: 0,
    suggested: [0, 0.3],
    allowed: 'a number from 0',
    help: 'Steps are reused while the sum of their errors stays below it. Higher is faster and rougher.',
  }),
  k: countOption({
    default: 2,
    of: 'steps',
    least: 0,
    suggested: [0, 6],
    help: 'Most steps that are reused in a row.',
  }),
  retentionRatio: numberOption({
    default: 0.2,
    least: 0,
    most: 1,
    suggested: [0, 0.5],
    allowed: 'a share of the steps, 0 to 1',
    help: 'This share of the steps, the first ones, computes.',
  }),
  ratios: ratiosOption,
  artifact: artifactOption('What npm run calibrate measured for the model and the sampler.'),
  // MagCache's own code: below, and the share rounded down. diffusers' hook: at most, to the nearest, all in f32.
  reading: choiceOption({
    default: 'paper',
    choices: ['paper', 'diffusers'],
    help: "Whether an error at the threshold computes, and how the share of steps is rounded: as published, or diffusers'.",
  }),
} as const;

/** Since the last step that computed. */
interface KeyState {
  /** Product of ratios. */
  readonly ratio: number;
  /** Sum of `|1 - ratio|`. */
  readonly error: number;
  readonly steps: number;
}

const COMPUTED: KeyState = { ratio: 1, error: 0, steps: 0 };

/**
 * MagCache (arXiv 2506.09045; diffusers' `MagCacheConfig`): how much larger or smaller what all blocks add is than a step
 * before hardly depends on the prompt. From ratios that were measured once, the error of reuse is known before the run.
 */
class MagCache implements Policy {
  readonly #keys = new Map<ForwardKey, KeyState>();
  readonly #ratios = new Map<ForwardKey, readonly number[]>();
  #retained = 0;
  #blocks: readonly Action[] = [];
  readonly #artifact: ReturnType<typeof parseMagCacheArtifact> | undefined;

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {
    const { artifact, ratios } = options;
    this.#artifact = ratios === '' && typeof artifact !== 'string' ? parseMagCacheArtifact(artifact) : undefined;
  }

  check(run: RunIdentity): void {
    if (this.#artifact) expectMatch('magcache', this.#artifact, run, ['model', 'sampler']);
    else if (this.options.ratios === '' && this.options.artifact === '') throw missingArtifact('magcache');
  }

  declare({ blocks }: RunShape): Declaration {
    const remedy = 'Use a smaller size, fewer frames, or policy none.';
    return { slots: [{ name: 'stack', site: span(0, blocks - 1), value: 'residual' }], remedy };
  }

  begin(shape: RunShape): void {
    const { steps, keys } = shape;
    const { retentionRatio } = this.options;
    const ratios = this.#given();
    this.#blocks = blockSites(shape).map((site) => run(site));
    this.#retained = Math.max(1, Math.floor(retentionRatio * steps + (this.#isDiffusers ? 0.5 : 0)));
    this.#keys.clear();
    for (const key of keys) this.#ratios.set(key, nearestRatios(ratiosOf(ratios, key), steps, this.#round));
  }

  plan({ step, key, isForced }: PlannedForward): readonly Action[] {
    const state = this.#next(step, key);
    const { threshold, k } = this.options;
    const isNear = this.#isDiffusers ? state.error <= this.#round(threshold) : state.error < threshold;
    const reuses = !isForced && step >= this.#retained && isNear && state.steps <= k;
    this.#keys.set(key, reuses ? state : COMPUTED);
    return forward(reuses ? restore('stack') : keep('stack', ...this.#blocks));
  }

  /** What reusing at a step would come to. */
  #next(step: number, key: ForwardKey): KeyState {
    const { ratio, error, steps } = this.#keys.get(key) ?? COMPUTED;
    const now = this.#round(ratio * this.#round(this.#ratios.get(key)?.[step] ?? 1));
    return { ratio: now, error: this.#round(error + Math.abs(this.#round(1 - now))), steps: steps + 1 };
  }

  #given(): MagRatios {
    const { ratios } = this.options;
    if (this.#artifact) return this.#artifact.ratios;
    if (ratios === '') throw missingArtifact('magcache');
    if (typeof ratios === 'string' && PUBLISHED_RATIOS.includes(ratios)) return publishedRatios(ratios);
    return { cond: parseRatios(ratios) };
  }

  get #isDiffusers(): boolean {
    return this.options.reading === 'diffusers';
  }

  get #round(): (x: number) => number {
    return this.#isDiffusers ? Math.fround : (x) => x;
  }
}

function parseRatios(value: string | readonly unknown[]): number[] {
  const items = typeof value === 'string' ? value.split(',') : value;
  return items.map((item) => (typeof item === 'string' && item.trim() === '' ? Number.NaN : Number(item)));
}

/** Calibrated magnitudes. */
export const magcache = policyKind(
  'magcache',
  {
    title: 'Skip by measured sizes (MagCache)',
    group: 'blocks',
    summary: 'reuses all blocks while their measured growth tells that little is lost',
    plain:
      'Was measured on this model beforehand: how much the work of a step grows or shrinks. While that changes little, steps take it over.',
    source: 'https://arxiv.org/abs/2506.09045',
  },
  OPTIONS,
  (options) => new MagCache(options),
  magCacheCalibration,
);
