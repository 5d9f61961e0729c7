import { plotSvg, type Series } from '../svg-plot.ts';
import { CONTROL, describeOptions } from './settings.ts';
import type { Quality, SettingSummary } from './summary.ts';

/** Draws speed against quality: the control as a line, which a policy must be above. @returns SVG. */
export function plotPolicies(summaries: readonly SettingSummary[], title: string): string {
  return plotSvg({
    title: `Speed against quality: ${title}`,
    xTitle: 'measured denoising speedup',
    panels: [
      { yTitle: 'mean SSIM', series: series(summaries, 'ssim') },
      { yTitle: 'mean PSNR, dB', series: series(summaries, 'psnr') },
      { yTitle: 'worst PSNR, dB', series: series(summaries, 'worstPsnr') },
    ],
  });
}

function series(summaries: readonly SettingSummary[], quality: keyof Quality): Series[] {
  const names = new Set(summaries.map(({ policy }) => policy));
  return [...names].map((name) => ({
    name,
    isLine: name === CONTROL,
    points: summaries
      .filter(({ policy }) => policy === name)
      .map((summary) => ({ x: summary.speedup, y: summary[quality], label: describeOptions(summary) })),
  }));
}
