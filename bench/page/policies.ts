import { type Clip, type ClipComparison, loadPipeline, noStore, type Pipeline } from '../../src/index.ts';
import type { GenerateOptions } from '../../src/pipeline/types.ts';
import type { Report } from '../../src/report.ts';

/** What is generated. */
export type PolicyRequest = Pick<GenerateOptions, 'prompt' | 'seed' | 'steps' | 'policy' | 'policyOptions'>;

/** What a run did. */
export interface PolicyRun extends Pick<Report, 'blocks' | 'schedule'> {
  /** Wall-clock seconds of denoising. */
  readonly denoiseSeconds: number;
  /** GPU bytes that the policy kept. */
  readonly cacheBytes: number;
}

/** A run, and how near its clip is to the baseline's: PSNR in dB. */
export interface ComparedRun extends PolicyRun, Pick<ClipComparison, 'psnr' | 'ssim'> {}

let pipeline: Promise<Pipeline> | undefined;
let baseline: Clip | undefined;

/** Generates without a policy; later runs are compared with this clip. */
export async function runBaseline(request: PolicyRequest): Promise<PolicyRun> {
  baseline?.dispose();
  baseline = undefined;
  baseline = await generate({ ...request, policy: 'none' });
  return describe(baseline);
}

/** Generates with a policy, and compares with the last baseline. */
export async function runPolicy(request: PolicyRequest): Promise<ComparedRun> {
  if (!baseline) throw new Error('there is no baseline to compare with');
  const clip = await generate(request);
  try {
    const { psnr, ssim } = await clip.compare(baseline);
    return { ...describe(clip), psnr, ssim };
  } finally {
    clip.dispose();
  }
}

async function generate(request: PolicyRequest): Promise<Clip> {
  // The profile is thrown away with the browser: nothing is worth storing in it.
  pipeline ??= loadPipeline('shapes', { manifestUrl: '/weights-manifest.json', store: noStore });
  return (await pipeline).generate(request);
}

function describe({ report }: Clip): PolicyRun {
  const { blocks, schedule, seconds, memory } = report;
  return { blocks, schedule, denoiseSeconds: seconds.denoise, cacheBytes: memory.cacheBytes };
}
