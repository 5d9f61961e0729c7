import { markOf } from '../history/marks.ts';

interface PolicyLegendProps {
  /** All that there are: a policy keeps its mark. */
  readonly policies: readonly string[];
  /** Whether the chart shows one of its runs. */
  readonly isUsed: (policy: string) => boolean;
}

/** Which mark is which policy. */
export function PolicyLegend({ policies, isUsed }: PolicyLegendProps) {
  return (
    <ul class="policy-legend">
      {policies.map((policy, index) => {
        const { color, path } = markOf(index);
        return (
          <li key={policy} hidden={!isUsed(policy)}>
            <svg viewBox="-1.2 -1.2 2.4 2.4" aria-hidden="true" style={{ color: `var(${color})` }}>
              <path d={path} fill="currentColor" />
            </svg>
            {policy}
          </li>
        );
      })}
    </ul>
  );
}
