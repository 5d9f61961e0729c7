import { type Clip, loadPipeline, noStore, type Pipeline } from '../../src/index.ts';
import type { GenerateOptions, Progress } from '../../src/pipeline/types.ts';
import type { GenerateRequest, HarnessApi, HarnessEvent, LoadRequest } from './api.ts';
import { emit } from './expose.ts';

/** Milliseconds between two reports of one phase: a download brings thousands. */
const REPORT_INTERVAL = 100;

let pipeline: Pipeline | undefined;
let clip: Clip | undefined;
let pixels: Promise<Uint8Array> | undefined;
let last: GenerateRequest | undefined;

/** Text to video by the public API alone, as a page would use it. */
export const generation: Pick<HarnessApi, 'load' | 'generate' | 'baseline' | 'frame' | 'video'> = {
  async load({ model, ...options }: LoadRequest) {
    await pipeline?.dispose();
    pipeline = undefined;
    pipeline = await loadPipeline(model, {
      ...options,
      manifestUrl: '/weights-manifest.json',
      // The profile is thrown away with the browser.
      store: noStore,
      onProgress: reporter(),
      onWarning: (message) => tell({ kind: 'warning', message }),
    });
  },
  async generate(request: GenerateRequest) {
    clip?.dispose();
    [clip, pixels, last] = [undefined, undefined, request];
    clip = await generate(request);
    return clip.report;
  },
  async baseline() {
    const { policyOptions: _, ...request } = last as GenerateRequest;
    const baseline = await generate({ ...request, policy: 'none' });
    try {
      const { psnr, ssim } = await currentClip().compare(baseline);
      const denoiseSeconds = baseline.report.seconds.denoise;
      return { denoiseSeconds, speedup: denoiseSeconds / currentClip().report.seconds.denoise, psnr, ssim };
    } finally {
      baseline.dispose();
    }
  },
  async frame(index: number) {
    const { width, height } = currentClip();
    pixels ??= currentClip().rgba();
    const bytes = width * height * 4;
    return (await pixels).slice(index * bytes, (index + 1) * bytes);
  },
  async video() {
    const blob = await currentClip().toBlob();
    return { type: blob.type, bytes: new Uint8Array(await blob.arrayBuffer()) };
  },
};

function generate(request: GenerateRequest): Promise<Clip> {
  if (!pipeline) throw new Error('no pipeline is loaded');
  const options: GenerateOptions = {
    ...request,
    onProgress: reporter(),
    onStep: (step) => tell({ kind: 'step', step }),
  };
  return pipeline.generate(options);
}

function currentClip(): Clip {
  if (!clip) throw new Error('no clip was generated');
  return clip;
}

function tell(event: HarnessEvent): void {
  emit(event);
}

/** Passes progress on: the first and last of each phase, and what lies between at intervals. */
function reporter(): (progress: Progress) => void {
  let [last, phase] = [0, ''];
  return (progress) => {
    const now = performance.now();
    if (progress.phase === phase && progress.loaded < progress.total && now - last < REPORT_INTERVAL) return;
    [last, phase] = [now, progress.phase];
    tell({ kind: 'progress', progress });
  };
}
