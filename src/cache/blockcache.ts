import { OptionError } from '../errors.ts';
import { type Action, forward, keep, restore, restoreScaled, run } from './action.ts';
import { artifactOption, expectMatch, missingArtifact, remedy } from './artifact.ts';
import {
  BLOCKCACHE,
  type BlockCacheArtifact,
  blockCacheCalibration,
  blockSlots,
  type Lines,
  linesOf,
  parseBlockCacheArtifact,
} from './blockcache-artifact.ts';
import { blockSchedule } from './blockcache-schedule.ts';
import type { Declaration } from './declaration.ts';
import { policyKind } from './kind.ts';
import { flagOption, numberOption, type OptionValues } from './options.ts';
import type { PlannedForward, Policy } from './policy.ts';
import type { ForwardKey, RunIdentity, RunShape } from './run-shape.ts';
import { blockSites } from './site.ts';

/** Options, with the paper's threshold. */
const OPTIONS = {
  artifact: artifactOption('What npm run calibrate measured for the model, the sampler and the count of steps.'),
  threshold: numberOption({
    default: 0.5,
    least: 0,
    suggested: [0, 1],
    allowed: 'a number from 0',
    help: 'A block is reused until its changes add up to more. Higher is faster and rougher.',
  }),
  scaleShift: flagOption({
    default: true,
    help: 'Scales and shifts each channel of what is reused, by lines fitted beforehand.',
  }),
} as const;

/**
 * Block Caching ("Cache Me if You Can", arXiv 2312.03209): each block is computed and reused by a schedule of its own, from
 * changes that were measured once. What is reused is scaled and shifted, channel by channel, to what it will have come
 * to: the paper trains that, here it is fitted in closed form.
 */
class BlockCaching implements Policy {
  readonly #artifact: BlockCacheArtifact | undefined;
  readonly #lines: Lines | undefined;
  /** By block, whether each step computes it. */
  #schedules: readonly (readonly boolean[])[] = [];
  #shape: RunShape | undefined;
  /** By key and block, the step that was kept. */
  readonly #kept = new Map<ForwardKey, number[]>();

  constructor(private readonly options: OptionValues<typeof OPTIONS>) {
    const { artifact, scaleShift } = options;
    this.#artifact = typeof artifact === 'string' ? undefined : parseBlockCacheArtifact(artifact);
    this.#lines = this.#artifact && scaleShift ? linesOf(this.#artifact) : undefined;
  }

  check(run: RunIdentity): void {
    if (this.#artifact) expectMatch(BLOCKCACHE, this.#artifact, run, ['model', 'sampler', 'steps']);
    else if (this.options.artifact === '') throw missingArtifact(BLOCKCACHE);
  }

  declare(shape: RunShape): Declaration {
    const { scaleShift } = this.options;
    const remedy = 'Make the clip smaller or shorter, or use the policy bwcache, which keeps one tensor a branch.';
    return { slots: blockSlots(shape).map((slot) => ({ ...slot, scaleShift })), remedy };
  }

  begin(shape: RunShape): void {
    const artifact = this.#artifact;
    if (!artifact) throw missingArtifact(BLOCKCACHE);
    expectMatch(BLOCKCACHE, artifact, shape, ['steps']);
    const { blocks, steps } = shape;
    if (artifact.changes.length !== blocks) {
      const problem = `policyOptions.artifact was made for ${artifact.changes.length} blocks; this model has ${blocks}.`;
      throw new OptionError(problem, remedy(BLOCKCACHE));
    }
    const { threshold } = this.options;
    this.#schedules = artifact.changes.map((row) => blockSchedule(row, { steps, threshold, longest: artifact.kMax }));
    this.#shape = shape;
    this.#kept.clear();
    for (const key of shape.keys) this.#kept.set(key, new Array<number>(blocks).fill(0));
  }

  plan({ step, key, isForced }: PlannedForward): readonly Action[] {
    const kept = this.#kept.get(key);
    if (!kept) throw new Error(`the run has no forward ${key}`);
    return forward(
      ...blockSites(this.#shape as RunShape).map((site, block) => {
        if (isForced || this.#schedules[block]?.[step]) {
          kept[block] = step;
          return keep(site, run(site));
        }
        const line = this.#lines?.(block, step - (kept[block] as number), kept[block] as number);
        return line ? restoreScaled(site, line) : restore(site);
      }),
    );
  }
}

/** Profiled schedules of blocks. */
export const blockcache = policyKind(
  BLOCKCACHE,
  {
    title: 'Reuse each block by a plan (BlockCache)',
    group: 'blocks',
    summary: 'reuses each block by a schedule of its own, scaled and shifted',
    plain: 'Every block has a plan of its own, made beforehand; what it reuses is brought to where it will have moved.',
    source: 'https://arxiv.org/abs/2312.03209',
  },
  OPTIONS,
  (options) => new BlockCaching(options),
  blockCacheCalibration,
);
