import { formatShare } from '../format.ts';
import { QUALITY } from '../history/figures.ts';
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
      <p class="help headline-note">{noteOf(run)}</p>
    </>
  );
}

function noteOf(run: Run | undefined): string {
  if (!run) return 'Figures of a run appear here when it is done.';
  if (run.role === 'baseline') return 'This is a baseline: other runs are compared with it.';
  if (!run.measured) return 'Not compared yet.';
  return (
    `Run ${run.id} against run ${run.measured.baseline}, in which everything was computed. ` +
    'PSNR and SSIM say how near its pictures come: higher is nearer, an SSIM of 1 is the same.'
  );
}
