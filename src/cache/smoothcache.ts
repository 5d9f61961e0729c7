import { policyKind } from './kind.ts';
import { countOption, numberOption, type OptionKind, type OptionValues } from './options.ts';
import type { Branch, Policy, RunIdentity, RunShape } from './policy.ts';
import type { Requirements } from './requirements.ts';
import {
  expectMatch,
  missingArtifact,
  parseSmoothCacheArtifact,
  type SmoothCacheArtifact,
} from './smoothcache-artifact.ts';
import { smoothCacheSchedule } from './smoothcache-schedule.ts';
import { type StepPlan, SUB_LAYERS, type SubLayer, type SubLayerPlan } from './step-plan.ts';

type Schedules = Readonly<Record<SubLayer, readonly boolean[]>>;

/** The artifact itself, or its address, which whoever runs the policy replaces by what lies there. */
const artifactOption: OptionKind<string | Readonly<Record<string, unknown>>> = {
  default: '',
  help: 'What npm run calibrate measured for the model, the sampler and the count of steps.',
  allowed: "an artifact of npm run calibrate, or its address: in the model's folder, or a URL",
  input: { kind: 'artifact' },
  accepts: (value): value is string | Readonly<Record<string, unknown>> =>
    typeof value === 'string' || (typeof value === 'object' && value !== null && !Array.isArray(value)),
};

const OPTIONS = {
  artifact: artifactOption,
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

const REUSE: SubLayerPlan = { kind: 'reuse', order: 0, cached: 'beforeGate' };

/**
 * SmoothCache (arXiv 2411.10510): each type of sub-layer is computed and reused by a schedule of its own, which
 * follows from errors measured once for a model, a sampler and a count of steps. Both branches take the same one.
 */
class SmoothCache implements Policy {
  readonly #artifact: SmoothCacheArtifact | undefined;
  #blocks = 0;
  #schedules: Schedules | undefined;

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {
    const { artifact } = options;
    this.#artifact = typeof artifact === 'string' ? undefined : parseSmoothCacheArtifact(artifact);
  }

  check(run: RunIdentity): void {
    if (this.#artifact) expectMatch(this.#artifact, run);
    else if (this.options.artifact === '') throw missingArtifact();
  }

  requirements(): Requirements {
    const remedy = 'Make the clip smaller or shorter, or use the policy bwcache, which keeps one tensor a branch.';
    return { residual: 'none', subLayers: true, remedy };
  }

  begin({ steps, blocks }: RunShape): void {
    const artifact = this.#artifact;
    if (!artifact) throw missingArtifact();
    if (artifact.steps !== steps) expectMatch(artifact, { ...artifact, steps });
    const { threshold, lookahead } = this.options;
    const schedule = (type: SubLayer) => smoothCacheSchedule(artifact.errors[type], { steps, threshold, lookahead });
    this.#blocks = blocks;
    this.#schedules = {
      selfAttention: schedule('selfAttention'),
      crossAttention: schedule('crossAttention'),
      mlp: schedule('mlp'),
    };
  }

  plan(step: number, _branch: Branch): StepPlan {
    const schedules = this.#schedules;
    if (!schedules) throw new Error('planned before the run began');
    // Known beforehand: a step that nothing before the next computed ones takes up keeps nothing.
    const computesAll = (at: number) => SUB_LAYERS.every((type) => schedules[type][at] !== false);
    if (computesAll(step) && computesAll(step + 1)) return { kind: 'compute', measure: false };
    const decide = (type: SubLayer): SubLayerPlan => (schedules[type][step] ? { kind: 'compute' } : REUSE);
    const block = {
      kind: 'subLayers',
      selfAttention: decide('selfAttention'),
      crossAttention: decide('crossAttention'),
      mlp: decide('mlp'),
    } as const;
    return { kind: 'blocks', blocks: new Array<typeof block>(this.#blocks).fill(block) };
  }

  observe(): void {}

  isArmed(): boolean {
    return false;
  }
}

/** Calibrated schedules of sub-layers. */
export const smoothcache = policyKind(
  'smoothcache',
  'reuses sub-layers by schedules measured beforehand',
  OPTIONS,
  (options) => new SmoothCache(options),
);
