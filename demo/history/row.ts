import type { Run } from '../state/runs.ts';
import { computedShare } from './share.ts';
import { shortOptions } from './short-options.ts';

/** A run in the table. */
export interface Row {
  readonly id: number;
  readonly role: Run['role'];
  readonly policy: string;
  /** As asked for, in short. */
  readonly options: string;
  readonly steps: number;
  /** Of denoising. */
  readonly seconds: number;
  /** Times as fast as the baseline; absent until compared, as are the next two. */
  readonly speedup: number | undefined;
  /** dB. */
  readonly psnr: number | undefined;
  readonly ssim: number | undefined;
  /** Block forwards computed: 0 to 1. */
  readonly share: number;
}

/** What the table shows of a run. */
export function toRow({ id, role, request, report, measured }: Run): Row {
  return {
    id,
    role,
    policy: report.policy.name,
    options: shortOptions(request.policyOptions),
    steps: report.steps,
    seconds: report.seconds.denoise,
    speedup: measured?.speedup,
    psnr: measured?.psnr,
    ssim: measured?.ssim,
    share: computedShare(report.blocks),
  };
}
