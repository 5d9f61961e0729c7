import { formatShare } from '../format.ts';
import { QUALITY } from '../history/figures.ts';
import { computedShare } from '../history/share.ts';
import type { Run } from '../state/runs.ts';

/** The figures that matter most, large. */
export function Headline({ run }: { readonly run: Run | undefined }) {
  const share = run && formatShare(computedShare(run.report.blocks));
  return (
    <dl class="headline">
      {QUALITY.map(({ name, show }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{(run && show(run)) ?? '–'}</dd>
        </div>
      ))}
      <div>
        <dt>Blocks computed</dt>
        <dd>{share ?? '–'}</dd>
      </div>
    </dl>
  );
}
