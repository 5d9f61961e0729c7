import { type Action, forward, keep, restore, run } from './action.ts';
import { artifactOption, expectMatch, missingArtifact } from './artifact.ts';
import type { Declaration } from './declaration.ts';
import { policyKind } from './kind.ts';
import { countOption, numberOption, type OptionValues } from './options.ts';
import type { PlannedForward, Policy } from './policy.ts';
import type { RunIdentity, RunShape, SubLayer } from './run-shape.ts';
import { blockSites, type Site } from './site.ts';
import { errorsOf, parseSmoothCacheArtifact, type SmoothCacheArtifact } from './smoothcache-artifact.ts';
import { smoothCacheCalibration } from './smoothcache-calibration.ts';
import { smoothCacheSchedule } from './smoothcache-schedule.ts';
import { subLayerSlots } from './sub-layer-slots.ts';

const OPTIONS = {
  artifact: artifactOption('What npm run calibrate measured for the model, the sampler and the count of steps.'),
  // The example of SmoothCache's code.
  threshold: numberOption({
    default: 0.15,
    least: 0,
    suggested: [0, 0.5],
    allowed: 'a number from 0',
    help: 'Largest error of a reused sub-layer. Higher is faster and rougher.',
  }),
  // The paper's for DiT-XL.
  lookahead: countOption({
    default: 3,
    of: 'steps',
    least: 0,
    suggested: [0, 5],
    help: 'Most steps that are reused in a row.',
  }),
} as const;

/**
 * SmoothCache (arXiv 2411.10510): each type of sub-layer is computed and reused by a schedule of its own, which
 * follows from errors measured once for a model, a sampler and a count of steps. Both branches take the same one.
 */
class SmoothCache implements Policy {
  readonly #artifact: SmoothCacheArtifact | undefined;
  /** By sub-layer, whether each step computes it. */
  readonly #schedules = new Map<SubLayer, readonly boolean[]>();
  #blocks: readonly Site[] = [];

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {
    const { artifact } = options;
    this.#artifact = typeof artifact === 'string' ? undefined : parseSmoothCacheArtifact(artifact);
  }

  check(run: RunIdentity): void {
    if (this.#artifact) expectMatch('smoothcache', this.#artifact, run, ['model', 'sampler', 'steps']);
    else if (this.options.artifact === '') throw missingArtifact('smoothcache');
  }

  declare(shape: RunShape): Declaration {
    const remedy =
      'Make the clip smaller or shorter, or use a policy that reuses whole steps, which keeps one tensor a branch.';
    return { slots: subLayerSlots(shape), remedy };
  }

  begin(shape: RunShape): void {
    const artifact = this.#artifact;
    if (!artifact) throw missingArtifact('smoothcache');
    const { steps, subLayers } = shape;
    expectMatch('smoothcache', artifact, shape, ['steps']);
    const { threshold, lookahead } = this.options;
    this.#blocks = blockSites(shape);
    this.#schedules.clear();
    for (const type of subLayers) {
      const errors = errorsOf(artifact, type);
      this.#schedules.set(type, smoothCacheSchedule(errors, { steps, threshold, lookahead }));
    }
  }

  plan({ step }: PlannedForward): readonly Action[] {
    const schedules = [...this.#schedules];
    // Known beforehand: a step that nothing before the next computed ones takes up keeps nothing.
    const computesAll = (at: number) => schedules.every(([, computes]) => computes[at] !== false);
    if (computesAll(step) && computesAll(step + 1)) return forward(...this.#blocks.map((site) => run(site)));
    const decided = (block: Site) =>
      schedules.map(([type, computes]) => {
        const site = `${block}.${type}` as Site;
        return computes[step] ? keep(site, run(site)) : restore(site);
      });
    return forward(...this.#blocks.flatMap(decided));
  }
}

/** Calibrated schedules of sub-layers. */
export const smoothcache = policyKind(
  'smoothcache',
  {
    title: 'Reuse by measured errors (SmoothCache)',
    group: 'subLayers',
    summary: 'reuses sub-layers by schedules measured beforehand',
    plain:
      'Was measured on this model beforehand: each part of a block is taken over at those steps where that did little harm.',
    source: 'https://arxiv.org/abs/2411.10510',
  },
  OPTIONS,
  (options) => new SmoothCache(options),
  smoothCacheCalibration,
);
