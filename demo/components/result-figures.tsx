import { formatShare } from '../format.ts';
import { QUALITY } from '../history/figures.ts';
import { computedShare } from '../history/share.ts';
import { verdictOf } from '../history/verdict.ts';
import type { Run } from '../state/runs.ts';

/** The figures that matter most: closeness as a verdict, with the field's own measures beside it. */
export function ResultFigures({ run }: { readonly run: Run }) {
  const { measured, report } = run;
  return (
    <dl class="result-figures">
      {measured && (
        <div class="verdict">
          <dt>Closeness</dt>
          <dd>{verdictOf(measured).short}</dd>
        </div>
      )}
      {QUALITY.map(({ name, show }) => {
        const value = show(run);
        return (
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          )
        );
      })}
      <div>
        <dt>Work done</dt>
        <dd>{formatShare(computedShare(report.blocks))}</dd>
      </div>
    </dl>
  );
}
