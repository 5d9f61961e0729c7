import { MOMENTS } from '../cache/channel-fit.ts';
import { Recorder } from '../gpu/recorder.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import { blockDiff, blockDiffVariant, blockScores, knownScore, partialsShape } from '../ops/block-diff.ts';
import { channelMoments } from '../ops/channel-moments.ts';
import type { OpContext } from '../ops/context.ts';
import { isOfOneStep, type Metric } from '../ops/metrics/index.ts';
import type { Piece } from './piece.ts';
import { RecordedPart } from './recorded-part.ts';

/** Scores by a metric, of all tensors, each with what it was so many forwards before. */
interface Compared {
  /** Its place among the metrics. */
  readonly metric: number;
  readonly distance: number;
  readonly tensor: Tensor;
}

/** Sums of a tensor's channels and of what they were so many forwards before. */
interface Moments {
  readonly slot: number;
  readonly distance: number;
  readonly rows: number;
  readonly tensor: Tensor;
}

/** How far tensors are from what they were 1, 2, ... forwards before: all of them kept for that. */
export class Distances extends RecordedPart {
  readonly #compared: readonly Compared[];
  readonly #moments: readonly Moments[];
  readonly #count: number;

  /**
   * @param tensors [rows, width] f32, compared each with itself.
   * @param of Metrics, the largest distance in forwards, and whether sums for fits are taken, too.
   */
  constructor(
    label: string,
    ops: Omit<OpContext, 'recorder'>,
    tensors: readonly Tensor[],
    of: { readonly metrics: readonly Metric[]; readonly most: number; readonly fits: boolean },
  ) {
    const { metrics, most, fits } = of;
    const alone = metrics.find(isOfOneStep);
    if (alone) throw new Error(`${alone.kind} compares nothing with an earlier step`);
    const recorder = new Recorder(label);
    const context = { ...ops, recorder };
    const variant = blockDiffVariant(ops.capabilities);
    const largest = Math.max(...tensors.map(({ shape }) => elements(shape)));
    const distances = Array.from({ length: most }, (_, i) => i + 1);
    const compared = metrics.flatMap((metric, place) =>
      distances.map((distance) => ({
        kind: metric,
        metric: place,
        distance,
        partials: recorder.persistent(
          `partials.${place}.${distance}`,
          partialsShape(variant, metric, tensors.length, largest),
        ),
        tensor: recorder.persistent(`scores.${place}.${distance}`, [tensors.length + 2]),
      })),
    );
    const moments: Moments[] = [];
    recorder.section('measure', () => {
      for (const [block, tensor] of tensors.entries()) {
        const history = distances.map((i) => recorder.persistent(`${tensor.label}.${i}`, tensor.shape));
        for (const { kind: metric, distance, partials } of compared) {
          const cached = history[distance - 1] as Tensor;
          blockDiff(context, { metric, feature: tensor, cached, partials, block, updates: false });
        }
        for (const distance of fits ? distances : []) {
          const [rows = 0, width = 0] = tensor.shape;
          const sums = recorder.persistent(`${tensor.label}.moments.${distance}`, [MOMENTS, width]);
          channelMoments(context, { newer: tensor, older: history[distance - 1] as Tensor, sums });
          moments.push({ slot: block, distance, rows, tensor: sums });
        }
        // Oldest first, each takes the place of the one a forward older.
        const moves = [tensor, ...history].slice(0, most);
        for (const [i, from] of [...moves.entries()].reverse()) {
          recorder.copy(from, history[i] as Tensor, from.bytes);
        }
      }
      for (const { kind: metric, partials, tensor: scores } of compared) {
        blockScores(context, { metric, partials, scores, threshold: 0 });
      }
    });
    super(
      recorder.finish(),
      [...compared, ...moments].map(({ tensor }) => tensor),
    );
    this.#compared = compared;
    this.#moments = moments;
    this.#count = tensors.length;
  }

  /** What measures, after the tensors have their values. */
  get measure(): Piece {
    return this.piece('measure');
  }

  /** Scores of the forward that was submitted last, by tensor; meaningless where it had no such before. */
  read(): Promise<(Omit<Compared, 'tensor'> & { readonly scores: readonly number[] })[]> {
    return Promise.all(
      this.#compared.map(async ({ metric, distance, tensor }) => {
        const values = await this.readback(tensor).read();
        return { metric, distance, scores: Array.from(values.subarray(0, this.#count), knownScore) };
      }),
    );
  }

  /** Sums for fits, likewise; none where they are not taken. */
  readMoments(): Promise<(Omit<Moments, 'tensor'> & { readonly sums: Float32Array })[]> {
    return Promise.all(
      this.#moments.map(async ({ tensor, ...of }) => ({ ...of, sums: await this.readback(tensor).read() })),
    );
  }
}
