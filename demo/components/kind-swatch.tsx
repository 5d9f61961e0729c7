import { type Became, KINDS } from '../cache-view/kinds.ts';
import { linesOf, PERIOD } from '../cache-view/patterns.ts';

const WIDTH = 20;
const HEIGHT = 15;

/** A cell of a kind, as the heat map draws it where nothing was measured. */
export function KindSwatch({ kind }: { readonly kind: Became }) {
  const { computes, pattern } = KINDS[kind];
  return (
    <svg class="heat-swatch" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <rect width={WIDTH} height={HEIGHT} fill={computes ? 'var(--unmeasured)' : 'var(--reused)'} />
      <path
        d={linesOf(pattern, WIDTH, HEIGHT, PERIOD)
          .map(([fromX, fromY, toX, toY]) => `M${fromX} ${fromY}L${toX} ${toY}`)
          .join('')}
        stroke="var(--hatch)"
        stroke-width={pattern === 'dots' ? 2 : 1}
      />
    </svg>
  );
}
