import { rampImage } from '../cache-view/ramp.ts';
import { fewTicksOf, type Scale, shareOf } from '../cache-view/scale.ts';
import { formatScore } from '../cache-view/words.ts';
import { isDark } from '../state/theme.ts';

/** What the colours of the heat maps say. */
export function HeatLegend({ scale }: { readonly scale: Scale }) {
  return (
    <ul class="heat-legend">
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
      <li>
        <span class="heat-swatch unmeasured" />
        computed, not measured
      </li>
      <li>
        <span class="heat-swatch reused" />
        reused
      </li>
    </ul>
  );
}
