import type { Metric } from '../cache/declaration.ts';
import { Recorder } from '../gpu/recorder.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import { blockDiff, blockDiffShares, blockDiffVariant, blockScores, knownScore } from '../ops/block-diff.ts';
import type { OpContext } from '../ops/context.ts';
import type { Piece } from './piece.ts';
import { RecordedPart } from './recorded-part.ts';

/** How far tensors are from what they were 1, 2, ... forwards before: all of them kept for that. */
export class Distances extends RecordedPart {
  /** Scores of each distance. */
  readonly #scores: readonly Tensor[];
  readonly #count: number;

  /** @param tensors f32, compared each with itself. @param most The largest distance in forwards. */
  constructor(
    label: string,
    ops: Omit<OpContext, 'recorder'>,
    tensors: readonly Tensor[],
    { denominator }: Metric,
    most: number,
  ) {
    const recorder = new Recorder(label);
    const context = { ...ops, recorder };
    const shares = blockDiffShares(
      blockDiffVariant(ops.capabilities),
      Math.max(...tensors.map(({ shape }) => elements(shape))),
    );
    const distances = Array.from({ length: most }, (_, i) => ({
      partials: recorder.persistent(`partials.${i + 1}`, [tensors.length, shares, 2]),
      scores: recorder.persistent(`scores.${i + 1}`, [tensors.length + 2]),
    }));
    recorder.section('measure', () => {
      for (const [block, tensor] of tensors.entries()) {
        const history = distances.map((_, i) => recorder.persistent(`${tensor.label}.${i + 1}`, tensor.shape));
        for (const [i, { partials }] of distances.entries()) {
          const cached = history[i] as Tensor;
          blockDiff(context, { feature: tensor, cached, partials, block, updates: false, denominator });
        }
        // Oldest first, each takes the place of the one a forward older.
        const moves = [tensor, ...history].slice(0, most);
        for (const [i, from] of [...moves.entries()].reverse()) {
          recorder.copy(from, history[i] as Tensor, from.bytes);
        }
      }
      for (const { partials, scores } of distances) blockScores(context, { partials, scores, threshold: 0 });
    });
    const all = distances.map(({ scores }) => scores);
    super(recorder.finish(), all);
    this.#scores = all;
    this.#count = tensors.length;
  }

  /** What measures, after the tensors have their values. */
  get measure(): Piece {
    return this.piece('measure');
  }

  /** Scores of the forward that was submitted last: `[distance - 1][tensor]`, meaningless where it had no such before. */
  async read(): Promise<number[][]> {
    const scores = await Promise.all(this.#scores.map((tensor) => this.readback(tensor).read()));
    return scores.map((values) => Array.from(values.subarray(0, this.#count), knownScore));
  }
}
