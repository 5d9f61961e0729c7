import { type Action, keep, restore, run } from './action.ts';
import { artifactOption, expectMatch, missingArtifact } from './artifact.ts';
import type { Declaration } from './declaration.ts';
import {
  FITCACHE,
  type FitCacheArtifact,
  fitCacheCalibration,
  gramOf,
  parseFitCacheArtifact,
} from './fitcache-artifact.ts';
import { fitSteps, leastSquares } from './fitcache-schedule.ts';
import { policyKind } from './kind.ts';
import { countOption, numberOption, type OptionValues } from './options.ts';
import type { PlannedForward, Policy } from './policy.ts';
import type { RunIdentity, RunShape } from './run-shape.ts';
import { blockSites } from './site.ts';

const OPTIONS = {
  artifact: artifactOption('What npm run calibrate measured for the model, the sampler and the count of steps.'),
  share: numberOption({
    default: 0.35,
    least: 0.01,
    wholeFrom: 1,
    suggested: [0.2, 1],
    allowed: 'a share of the steps, or a count of them from 1',
    help: 'How many steps are computed: from 1 on a count, below a share of all.',
  }),
  history: numberOption({
    default: 2,
    least: 1,
    most: 3,
    isWhole: true,
    suggested: [1, 3],
    allowed: 'a count of computed steps, 1 to 3',
    help: 'So many of the last computed steps are gone on from.',
  }),
  lookahead: countOption({
    default: 6,
    of: 'steps',
    least: 0,
    suggested: [0, 8],
    help: 'Most steps that are forecast in a row.',
  }),
} as const;

/**
 * Ours: whole predictions are forecast as weighted sums of the last computed ones. Which steps are computed, and the weights
 * between, both follow from inner products of full runs' predictions, measured once for a model, a sampler and a count of
 * steps: weights by least squares, steps by dynamic programming over what the forecasts do to the latents. Of a step that is
 * forecast, nothing of the model runs.
 */
class FitCache implements Policy {
  readonly #artifact: FitCacheArtifact | undefined;
  #computed: ReadonlySet<number> = new Set();
  #computes: readonly Action[] = [];
  #forecasts: readonly Action[] = [];

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {
    const { artifact } = options;
    this.#artifact = typeof artifact === 'string' ? undefined : parseFitCacheArtifact(artifact);
  }

  check(run: RunIdentity): void {
    if (this.#artifact) expectMatch(FITCACHE, this.#artifact, run, ['model', 'sampler', 'steps']);
    else if (this.options.artifact === '') throw missingArtifact(FITCACHE);
  }

  declare(): Declaration {
    // What is kept alone comes back as it is: it takes two to be weighted.
    const depth = Math.max(2, this.options.history);
    return {
      slots: [{ name: 'velocity', site: 'velocity', value: 'output', depth }],
      remedy: 'Set policyOptions.history to less, or make the clip smaller or shorter.',
    };
  }

  begin(shape: RunShape): void {
    const artifact = this.#artifact;
    if (!artifact) throw missingArtifact(FITCACHE);
    expectMatch(FITCACHE, artifact, shape, ['steps']);
    const { share, history, lookahead } = this.options;
    const { steps, sigmas } = shape;
    const gram = gramOf(artifact);
    const weights = Array.from({ length: steps }, (_, i) => (sigmas[i] as number) - (sigmas[i + 1] as number));
    const count = Math.max(1, share < 1 ? Math.round(share * steps) : share);
    this.#computed = new Set(fitSteps({ gram, weights, history, lookahead }, count));
    const blocks = blockSites(shape).map((site) => run(site));
    this.#computes = [run('embed'), ...blocks, keep('velocity', run('head'))];
    this.#forecasts = [restore('velocity', leastSquares(gram, history))];
  }

  plan({ step }: PlannedForward): readonly Action[] {
    return this.#computed.has(step) ? this.#computes : this.#forecasts;
  }
}

/** Forecasts of whole predictions by a fit. */
export const fitcache = policyKind(
  FITCACHE,
  {
    title: 'Forecast by a fit (fitcache)',
    group: 'forecasts',
    summary: 'forecasts whole predictions by weights and a schedule fitted beforehand',
    plain:
      'Was measured on this model beforehand: computes the steps that matter most, and works out the others from those before.',
  },
  OPTIONS,
  (options) => new FitCache(options),
  fitCacheCalibration,
);
