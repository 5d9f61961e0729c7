import { type Action, forward, keep, restore, run } from './action.ts';
import { artifactOption, expectMatch, missingArtifact } from './artifact.ts';
import { BAC, type BacArtifact, bacCalibration, parseBacArtifact, similaritiesOf } from './bac-artifact.ts';
import { bestSteps, bubbled, type Unit } from './bac-schedule.ts';
import type { Declaration } from './declaration.ts';
import { policyKind } from './kind.ts';
import { countOption, numberOption, type OptionValues } from './options.ts';
import type { PlannedForward, Policy } from './policy.ts';
import type { RunIdentity, RunShape } from './run-shape.ts';
import { blockSites, type Site } from './site.ts';
import { subLayerSlots } from './sub-layer-slots.ts';

/** Options; defaults are those of BAC's code, which computes 30 of 100 steps. */
const OPTIONS = {
  artifact: artifactOption('What npm run calibrate measured for the model, the sampler and the count of steps.'),
  updates: numberOption({
    default: 0.3,
    least: 0.01,
    wholeFrom: 1,
    suggested: [0.1, 1],
    allowed: 'a share of the steps, or a count of them from 1',
    help: 'How many steps compute a sub-layer: from 1 on a count, below a share of all.',
  }),
  bubbling: countOption({
    default: 3,
    of: 'sub-layers',
    least: 0,
    suggested: [0, 12],
    help: 'So many sub-layers that change most also compute whenever an MLP from their block on does.',
  }),
} as const;

/**
 * Block-wise Adaptive Caching (BAC, arXiv 2506.13456): each sub-layer of each block is computed at the steps that keep
 * what is reused most like what it stands for, found by dynamic programming over similarities that were measured once.
 */
class BlockwiseAdaptiveCaching implements Policy {
  readonly #artifact: BacArtifact | undefined;
  /** By sub-layer's site, the steps that compute it. */
  #schedule: ReadonlyMap<Site, ReadonlySet<number>> = new Map();

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {
    const { artifact } = options;
    this.#artifact = typeof artifact === 'string' ? undefined : parseBacArtifact(artifact);
  }

  check(run: RunIdentity): void {
    if (this.#artifact) expectMatch(BAC, this.#artifact, run, ['model', 'sampler', 'steps']);
    else if (this.options.artifact === '') throw missingArtifact(BAC);
  }

  declare(shape: RunShape): Declaration {
    const remedy = 'Make the clip smaller or shorter, or use the policy bwcache, which keeps one tensor a branch.';
    return { slots: subLayerSlots(shape), remedy };
  }

  begin(shape: RunShape): void {
    const artifact = this.#artifact;
    if (!artifact) throw missingArtifact(BAC);
    expectMatch(BAC, artifact, shape, ['steps']);
    const { updates, bubbling } = this.options;
    const { steps, subLayers } = shape;
    const count = Math.max(1, updates < 1 ? Math.round(updates * steps) : updates);
    const sites = blockSites(shape).flatMap((site, block) =>
      subLayers.map((type, place) => ({
        site: `${site}.${type}` as Site,
        block,
        isLast: place === subLayers.length - 1,
      })),
    );
    const units = sites.map(({ site, block, isLast }): Unit => {
      const { similarity, change } = similaritiesOf(artifact, site);
      const between = (from: number, at: number) => similarity[at - from - 1]?.[from] ?? Number.NaN;
      return { block, isLast, change, steps: new Set(bestSteps(steps, count, between, artifact.kMax + 1)) };
    });
    const computed = bubbled(units, bubbling);
    this.#schedule = new Map(sites.map(({ site }, i) => [site, computed[i] as ReadonlySet<number>]));
  }

  plan({ step }: PlannedForward): readonly Action[] {
    return forward(
      ...[...this.#schedule].map(([site, steps]) => (steps.has(step) ? keep(site, run(site)) : restore(site))),
    );
  }
}

/** Schedules by dynamic programming. */
export const bac = policyKind(
  BAC,
  {
    title: 'Reuse by a plan for each part (BAC)',
    group: 'subLayers',
    summary: 'reuses each sub-layer by a schedule of its own, measured beforehand',
    plain:
      'Every part of the model has a plan of its own, made beforehand, of the steps at which it is worked out anew.',
    source: 'https://arxiv.org/abs/2506.13456',
  },
  OPTIONS,
  (options) => new BlockwiseAdaptiveCaching(options),
  bacCalibration,
);
