import { type Became, KINDS } from '../cache-view/kinds.ts';
import { rampImage } from '../cache-view/ramp.ts';
import { fewTicksOf, type Scale, shareOf } from '../cache-view/scale.ts';
import { formatScore } from '../cache-view/words.ts';
import { isDark } from '../state/theme.ts';
import { KindSwatch } from './kind-swatch.tsx';

interface HeatLegendProps {
  /** Of the scores; absent where nothing was measured. */
  readonly scale: Scale | undefined;
  /** Those that occur. */
  readonly kinds: readonly Became[];
}

/** What the colours and patterns of the heat maps say. */
export function HeatLegend({ scale, kinds }: HeatLegendProps) {
  return (
    <ul class="heat-legend">
      {scale && (
        <li>
          <span>Change (score)</span>
          <span class="heat-ramp" style={{ backgroundImage: rampImage(isDark.value) }}>
            {fewTicksOf(scale).map((tick) => (
              <span key={tick} style={{ left: `${100 * shareOf(tick, scale)}%` }}>
                {formatScore(tick)}
              </span>
            ))}
          </span>
        </li>
      )}
      {kinds.map((kind) => (
        <li key={kind}>
          <KindSwatch kind={kind} />
          {KINDS[kind].words}
          {kind === 'computed' && ', not measured'}
        </li>
      ))}
    </ul>
  );
}
