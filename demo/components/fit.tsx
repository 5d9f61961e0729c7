import type { ModelInfo } from 'stillframe';
import { formatAmount, formatBytes } from '../format.ts';

/** Whether a model fits this GPU, as far as a browser can tell. */
export function Fit({ info: { fits, largestBuffer, memory, defaults } }: { readonly info: ModelInfo }) {
  const { label, bytes, limit } = largestBuffer;
  const { width, height, frames } = defaults;
  return (
    <>
      <p class={fits ? undefined : 'doubt'}>
        {fits ? 'Every buffer fits' : 'One buffer does not fit'}: the largest, {label}, takes {formatBytes(bytes)}, and
        this GPU allows {formatBytes(limit)} for one.{!fits && ' A smaller clip may need less.'}
      </p>
      <p>
        A clip of {formatAmount(frames, 'frame')} of {width} × {height} takes {formatBytes(memory.plannedBytes)} in all,{' '}
        {formatBytes(memory.weightsBytes)} of it weights. Browsers do not tell how much memory a GPU has: compare with
        what yours has free.
      </p>
    </>
  );
}
