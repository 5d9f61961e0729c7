import type { ClipSize, ModelInfo } from 'stillframe';
import { formatAmount, formatBytes } from '../format.ts';

/** Whether a model fits this GPU, as far as a browser can tell. */
export function Fit({ info: { fits, fitting, largestBuffer, memory, defaults } }: { readonly info: ModelInfo }) {
  const { label, bytes, limit } = largestBuffer;
  return (
    <>
      <p class={fits ? undefined : 'doubt'}>
        {fits ? 'Every buffer fits' : 'One buffer does not fit'}: the largest, {label}, takes {formatBytes(bytes)}, and
        this GPU allows {formatBytes(limit)} for one.
        {!fits && (fitting ? ` A clip of ${sizeOf(fitting)} fits.` : ' No smaller clip helps.')}
      </p>
      <p>
        A clip of {sizeOf(defaults)} takes {formatBytes(memory.plannedBytes)} in all, {formatBytes(memory.weightsBytes)}{' '}
        of it weights. Browsers do not tell how much memory a GPU has: compare with what yours has free.
      </p>
    </>
  );
}

function sizeOf({ width, height, frames }: ClipSize): string {
  return `${formatAmount(frames, 'frame')} of ${width} × ${height}`;
}
