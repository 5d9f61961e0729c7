import type { BlockScores, Report } from 'stillframe';
import { finite } from './measured.ts';

/** What a prediction needs of a report. */
export type Recording = Pick<Report, 'shape' | 'stepsAsked' | 'policy' | 'measurements' | 'scores'>;

/**
 * A recording of a run as it would about be with another count of steps: what changes over a longer step is what changed
 * over all that lie within it. It is an upper bound that changes which go the same way come close to.
 *
 * @param recording Of a run that measured every step against the one before.
 */
export function resample(recording: Recording, steps: number): Recording {
  const { shape, scores } = recording;
  if (steps === shape.steps) return recording;
  // The first and the last step lie at the same times, however many there are.
  const rate = (shape.steps - 1) / Math.max(1, steps - 1);
  const branches = [...new Set(scores.map(({ branch }) => branch))];
  const resampled = branches.flatMap((branch) => {
    // What was compared with an earlier step tells of more than one.
    const stepwise = scores.filter((each) => each.branch === branch && each.reference === each.step - 1);
    const byStep = new Map(stepwise.map((each) => [each.step, each]));
    return Array.from({ length: steps - 1 }, (_, i) =>
      between(byStep, exact(i * rate), exact((i + 1) * rate), i + 1),
    ).flatMap((found) => found ?? []);
  });
  const timesteps = Array.from({ length: steps }, (_, i) => valueAt(shape.timesteps, exact(i * rate)));
  const sigmas = [
    ...Array.from({ length: steps }, (_, i) => valueAt(shape.sigmas, exact(i * rate))),
    shape.sigmas.at(-1) ?? 0,
  ];
  return { ...recording, stepsAsked: steps, shape: { ...shape, steps, timesteps, sigmas }, scores: resampled };
}

/** What changed from one place to another, in steps of the recording: sums over the parts of steps between. */
function between(
  scores: ReadonlyMap<number, BlockScores>,
  from: number,
  to: number,
  step: number,
): BlockScores | undefined {
  const parts = Array.from({ length: Math.ceil(to) - Math.floor(from) }, (_, i) => {
    const last = Math.floor(from) + i + 1;
    return { scores: scores.get(last), share: Math.min(to, last) - Math.max(from, last - 1) };
  });
  const [{ scores: first } = { scores: undefined }] = parts;
  if (!first || parts.some((part) => part.scores === undefined)) return undefined;
  const sum = (score: (of: BlockScores) => number | undefined) =>
    parts.reduce(
      (total, part) => total + part.share * ((part.scores && score(part.scores)) ?? Number.POSITIVE_INFINITY),
      0,
    );
  const mean = sum((of) => finite(of.mean));
  const blocks = first.blocks.map((_, block) => sum((of) => finite(of.blocks[block])));
  return { ...first, step, reference: step - 1, blocks, mean, indicator: mean };
}

/** Between two values as on a line. */
function valueAt(values: readonly number[], place: number): number {
  const [before, after] = [Math.floor(place), Math.ceil(place)];
  const [low = 0, high = low] = [values[before], values[after]];
  return low + (high - low) * (place - before);
}

/** Without what rounding adds to a whole number, which would ask for the step after the last. */
function exact(place: number): number {
  return Number(place.toFixed(9));
}
