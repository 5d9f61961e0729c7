import type { NewRun, Run } from '../state/runs.ts';

/** What the large figures of a run are of, or why there are none. */
export function headlineNote(run: Run | undefined): string {
  if (!run) return 'Figures of a run appear here when it is done.';
  if (run.role === 'baseline') return 'This is a baseline: other runs are compared with it.';
  if (measuredInVain(run)) {
    return 'Nothing was reused: no step changed little enough. Try more steps, which change less each, or a higher threshold.';
  }
  if (!run.measured) return 'Not compared yet.';
  return (
    `Run ${run.id} against run ${run.measured.baseline}, in which everything was computed. ` +
    'PSNR and SSIM say how near its pictures come: higher is nearer, an SSIM of 1 is the same.'
  );
}

function measuredInVain({ report: { policy, scores, blocks } }: NewRun): boolean {
  return policy.name !== 'none' && scores.length > 0 && blocks.reused === 0;
}
