import type { Tensor } from '../../gpu/tensor.ts';
import type { OpContext } from '../../ops/context.ts';
import { Chunk, frameBytes, History } from './chunk.ts';

/** What to run for a chunk of a clip, and where its result is then: until the next chunk's sections run. */
export interface ChunkRun {
  readonly sections: readonly string[];
  /** [frames, height, width, channels] f32. */
  readonly out: Tensor;
}

/** How a clip's latents are cut: one chunk of `first`, then `more` chunks of `next`. */
export interface ClipCut {
  readonly first: number;
  readonly next: number;
  readonly more: number;
}

/** Cuts a clip into chunks of `size` latents; the first takes what does not fill one, so that all others are equal. */
export function cutClip(latents: number, size: number): ClipCut {
  const more = Math.ceil(latents / size) - 1;
  return { first: latents - more * size, next: size, more };
}

/**
 * Records a model over a clip as sections: `NAME.first`, and where the clip is cut `NAME.next`, replayed for each further
 * chunk, with `NAME.take.I` before, which hands it its frames.
 *
 * @param args.frames The frames of `input` that chunks take.
 * @param args.record Records the model on frames of the input; returns a persistent tensor.
 */
export function recordClip(
  { recorder }: OpContext,
  args: {
    readonly name: string;
    readonly input: Tensor;
    readonly frames: ClipCut;
    readonly record: (chunk: Chunk, input: Tensor) => Tensor;
  },
): ChunkRun[] {
  const { name, input, frames, record } = args;
  const recordChunk = (isFirst: boolean, taken: Tensor, history?: History) =>
    recorder.section(`${name}.${isFirst ? 'first' : 'next'}`, () =>
      record(new Chunk(recorder, isFirst, history), taken),
    );
  if (frames.more === 0) return [{ sections: [`${name}.first`], out: recordChunk(true, input) }];

  const history = new History(recorder);
  const bytes = frameBytes(input);
  const take = (count: number) => recorder.persistent(`${name}.taken`, [count, ...input.shape.slice(1)]);
  const [firstInput, nextInput] = [take(frames.first), take(frames.next)];
  const [firstOut, nextOut] = [recordChunk(true, firstInput, history), recordChunk(false, nextInput, history)];
  return Array.from({ length: 1 + frames.more }, (_, i) => {
    const [to, from] = i === 0 ? [firstInput, 0] : [nextInput, frames.first + (i - 1) * frames.next];
    recorder.section(`${name}.take.${i}`, () => recorder.copy(input, to, to.bytes, from * bytes));
    return {
      sections: [`${name}.take.${i}`, `${name}.${i === 0 ? 'first' : 'next'}`],
      out: i === 0 ? firstOut : nextOut,
    };
  });
}
