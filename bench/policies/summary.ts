import type { SettingRun, SettingRuns } from './runs.ts';
import { CONTROL, type Setting } from './settings.ts';

/** How near clips are to those of the same seeds without a policy. */
export interface Quality {
  /** Mean over prompts, dB. */
  readonly psnr: number;
  /** The worst prompt's, dB. */
  readonly worstPsnr: number;
  /** Mean over prompts. */
  readonly ssim: number;
}

/** What a setting comes to over all prompts. */
export interface SettingSummary extends Setting, Quality {
  /** Block forwards computed, of those without a policy. */
  readonly computedShare: number;
  /** What that would speed denoising up by, were blocks all that takes time. */
  readonly idealSpeedup: number;
  /** Denoising seconds of the runs without a policy over the setting's, each summed over prompts. */
  readonly speedup: number;
  /** What fewer steps reach in the same time; absent where none measured are faster, or none slower. */
  readonly control?: Quality;
}

/** Sums runs up, and sets the control at the same time beside every other policy. */
export function summarize(settings: readonly SettingRuns[]): SettingSummary[] {
  const summaries = settings.map(({ policy, policyOptions, runs }) => ({ policy, policyOptions, ...overall(runs) }));
  const controls = summaries.filter(({ policy }) => policy === CONTROL);
  return summaries.map((summary) => {
    const control = summary.policy === CONTROL ? undefined : controlAt(summary.speedup, controls);
    return control ? { ...summary, control } : summary;
  });
}

function overall(runs: readonly SettingRun[]): Omit<SettingSummary, keyof Setting> {
  const sum = (value: (run: SettingRun) => number) => runs.reduce((total, run) => total + value(run), 0);
  const computedShare = sum(({ blocks }) => blocks.computed) / sum(({ baselineBlocks }) => baselineBlocks);
  return {
    computedShare,
    idealSpeedup: 1 / computedShare,
    speedup: sum(({ baselineSeconds }) => baselineSeconds) / sum(({ denoiseSeconds }) => denoiseSeconds),
    psnr: sum(({ psnr }) => psnr) / runs.length,
    worstPsnr: Math.min(...runs.map(({ psnr }) => psnr)),
    ssim: sum(({ ssim }) => ssim) / runs.length,
  };
}

/**
 * The control's quality at a speedup, between its nearest two settings: linear in time, as time is in steps.
 *
 * @returns undefined outside of what was measured.
 */
export function controlAt(
  speedup: number,
  controls: readonly (Quality & { readonly speedup: number })[],
): Quality | undefined {
  const sorted = [...controls].sort((a, b) => a.speedup - b.speedup);
  const fast = sorted.find((control) => control.speedup >= speedup);
  const slow = sorted.findLast((control) => control.speedup <= speedup);
  if (!slow || !fast) return undefined;
  const span = 1 / slow.speedup - 1 / fast.speedup;
  const weight = span > 0 ? (1 / slow.speedup - 1 / speedup) / span : 0;
  const mix = (key: keyof Quality) => slow[key] + weight * (fast[key] - slow[key]);
  return { psnr: mix('psnr'), worstPsnr: mix('worstPsnr'), ssim: mix('ssim') };
}
