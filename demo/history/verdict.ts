import type { ClipComparison } from 'stillframe';

/** How near a clip's pictures come to the full clip's. */
export interface Verdict {
  /** E.g. `very close`. */
  readonly short: string;
  /** What stands before `the full clip’s`, e.g. `very close to`. */
  readonly words: string;
}

/**
 * What each is called, from near to far: both figures must be reached. PSNR tells of sharp differences, SSIM of lost
 * structure. The bounds are ours, by looking at clips of `shapes` side by side.
 */
const LEVELS: readonly (Verdict & { readonly psnr: number; readonly ssim: number })[] = [
  { psnr: 99, ssim: 0, short: 'the same', words: 'the same as' },
  { psnr: 40, ssim: 0.99, short: 'as good as the same', words: 'hardly to be told from' },
  { psnr: 33, ssim: 0.97, short: 'very close', words: 'very close to' },
  { psnr: 27, ssim: 0.93, short: 'close', words: 'close to' },
  { psnr: 21, ssim: 0.8, short: 'alike', words: 'like, but visibly other than,' },
];

/** The verdict on two clips. */
export function verdictOf({ psnr, ssim }: Pick<ClipComparison, 'psnr' | 'ssim'>): Verdict {
  const level = LEVELS.find((each) => psnr >= each.psnr && ssim >= each.ssim);
  return level ?? { short: 'different', words: 'unlike' };
}
