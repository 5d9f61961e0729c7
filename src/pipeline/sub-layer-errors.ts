import { SUB_LAYERS, type SubLayer } from '../cache/step-plan.ts';
import type { ReadyCommand } from '../gpu/encode.ts';
import { Recorder } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { blockDiff, blockDiffShares, blockDiffVariant, blockScores, UNKNOWN_SCORE } from '../ops/block-diff.ts';
import type { OpContext } from '../ops/context.ts';
import { RecordedPart } from './recorded-part.ts';
import type { KeptSubLayers } from './sub-layer-cache.ts';

/**
 * How far a branch's kept sub-layers are from what they were 1, 2, ... steps before: SmoothCache's calibration (arXiv
 * 2411.10510), relative to the later step as in its code.
 */
export class SubLayerErrors extends RecordedPart {
  /** Scores of each distance. */
  readonly #scores: readonly Tensor[];
  readonly #blocks: number;

  /** @param kept A branch's, by block. @param kMax The largest distance in steps. */
  constructor(label: string, ops: Omit<OpContext, 'recorder'>, kept: readonly KeptSubLayers[], kMax: number) {
    const recorder = new Recorder(label);
    const context = { ...ops, recorder };
    const tensors = SUB_LAYERS.flatMap((type) => kept.map((block) => block[type]));
    const [rows = 0, width = 0] = tensors[0]?.shape ?? [];
    const shares = blockDiffShares(blockDiffVariant(ops.capabilities), rows * width);
    const distances = Array.from({ length: kMax }, (_, i) => ({
      partials: recorder.persistent(`partials.${i + 1}`, [tensors.length, shares, 2]),
      scores: recorder.persistent(`scores.${i + 1}`, [tensors.length + 2]),
    }));
    const older = tensors.map((tensor) =>
      distances.map((_, i) => recorder.persistent(`${tensor.label}.${i + 1}`, tensor.shape)),
    );
    recorder.section('measure', () => {
      for (const [block, tensor] of tensors.entries()) {
        const history = older[block] ?? [];
        for (const [i, { partials }] of distances.entries()) {
          // The kernel divides by what it overwrites: a copy of the new one, not the old.
          const cached = recorder.temporary('later', tensor.shape);
          recorder.copy(tensor, cached, tensor.bytes);
          blockDiff(context, { feature: history[i] as Tensor, cached, partials, block });
        }
        // Oldest first, each takes the place of the one a step older.
        const moves = [tensor, ...history].slice(0, kMax);
        for (const [i, from] of [...moves.entries()].reverse()) {
          recorder.copy(from, history[i] as Tensor, from.bytes);
        }
      }
      for (const { partials, scores } of distances) blockScores(context, { partials, scores, threshold: 0 });
    });
    const all = distances.map(({ scores }) => scores);
    super(recorder.finish(), all);
    this.#scores = all;
    this.#blocks = kept.length;
  }

  /** What follows the blocks of a forward. */
  get commands(): readonly ReadyCommand[] {
    return this.allocated.program.section('measure');
  }

  /**
   * Errors of the forward that was submitted last, as means over blocks: `[k - 1]` for distance k. Infinite where one
   * cannot be told; meaningless for a distance that reaches back before the run.
   */
  async read(): Promise<Readonly<Record<SubLayer, readonly number[]>>> {
    const scores = await Promise.all(this.#scores.map((tensor) => this.readback(tensor).read()));
    const mean = (type: SubLayer) =>
      scores.map((values) => {
        const first = SUB_LAYERS.indexOf(type) * this.#blocks;
        const blocks = Array.from(values.subarray(first, first + this.#blocks));
        const sum = blocks.reduce((total, score) => total + score, 0);
        return blocks.includes(UNKNOWN_SCORE) ? Number.POSITIVE_INFINITY : sum / this.#blocks;
      });
    return { selfAttention: mean('selfAttention'), crossAttention: mean('crossAttention'), mlp: mean('mlp') };
  }
}
