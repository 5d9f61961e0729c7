import { formatShare } from '../format.ts';
import { QUALITY } from '../history/figures.ts';
import { headlineNote } from '../history/headline-note.ts';
import { computedShare } from '../history/share.ts';
import type { Run } from '../state/runs.ts';
import '../styles/headline.css';

/** The figures that matter most, large, and what they are of. */
export function Headline({ run }: { readonly run: Run | undefined }) {
  const share = run && formatShare(computedShare(run.report.blocks));
  return (
    <>
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
      <p class="help headline-note">{headlineNote(run)}</p>
    </>
  );
}
