import { type Scale, shareOf, valueAt } from '../cache-view/scale.ts';
import { toThresholdStep } from '../cache-view/threshold.ts';

interface ThresholdLineProps {
  readonly threshold: number;
  readonly scale: Scale;
  /** CSS pixels: of the chart's field. */
  readonly top: number;
  readonly height: number;
  /** Absent while it cannot be moved. */
  readonly onThreshold: ((threshold: number) => void) | undefined;
}

/** The threshold in the chart, to be dragged. The slider under the chart sets the same, for keyboards and readers. */
export function ThresholdLine({ threshold, scale, top, height, onThreshold }: ThresholdLineProps) {
  const grab = (event: PointerEvent & { readonly currentTarget: Element }) => {
    if (event.button === 0 && onThreshold) event.currentTarget.setPointerCapture(event.pointerId);
  };
  const drag = (event: PointerEvent & { readonly currentTarget: Element }) => {
    const { currentTarget: line, pointerId, clientY } = event;
    const field = line.parentElement?.getBoundingClientRect();
    if (!field || !line.hasPointerCapture(pointerId)) return;
    const share = 1 - (clientY - field.top) / height;
    onThreshold?.(toThresholdStep(valueAt(Math.max(0, Math.min(1, share)), scale)));
  };
  return (
    <div class="threshold-field on-steps" style={{ top: `${top}px`, height: `${height}px` }} aria-hidden="true">
      <div
        class={onThreshold ? 'threshold-line' : 'threshold-line fixed'}
        style={{ top: `${100 * (1 - shareOf(threshold, scale))}%` }}
        onPointerDown={grab}
        onPointerMove={drag}
      >
        {onThreshold && <span>drag</span>}
      </div>
    </div>
  );
}
