import type { Gpu } from '../gpu/gpu.ts';
import { Program } from '../gpu/program.ts';
import { Recorder } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { downloadF32 } from '../gpu/transfer.ts';
import { toFloats } from '../ops/pixels.ts';
import type { Run } from '../pipeline/model-run.ts';
import type { Sampler } from '../samplers/sampler.ts';
import type { Golden } from './golden.ts';
import type { Replayed } from './replay.ts';

/** The steps are not among a recording's settings; its latents are. */
export function recordedSteps({ tensors }: Golden): number {
  return [...tensors.keys()].filter((name) => /^latents\.\d+$/.test(name)).length;
}

/**
 * Denoises and decodes a run that knows what to show: `latents.N` after each step, and `out`, the pictures in [0, 1].
 *
 * @param latents The noise. @param patch The decoder's.
 */
export async function* replayRun(
  gpu: Gpu,
  run: Run,
  { sampler, guidanceScale, latents, patch }: RecordedRun,
): AsyncIterable<Replayed> {
  await run.prepare(sampler, latents);
  for (let step = 0; step < run.geometry.steps; step++) {
    run.beginStep(step, sampler, guidanceScale);
    for (const { sections } of run.sites.values()) {
      await run.program.run(sections.embed, ...sections.blocks, sections.head);
    }
    await run.program.run('update');
    yield { name: `latents.${step}`, values: await run.latents() };
  }
  yield { name: 'out', values: await decodeFloats(gpu, run, patch) };
}

/** How a recorded run was made. */
export interface RecordedRun {
  readonly sampler: Sampler;
  readonly guidanceScale: number;
  readonly latents: Float32Array;
  readonly patch: number;
}

/** All pictures as floats in [0, 1], [frames, 3, height, width]: the run itself makes bytes. */
async function decodeFloats(gpu: Gpu, run: Run, patch: number): Promise<Float32Array> {
  const { chunks, frames, height, width } = run.decoding;
  const pictures = new Float32Array(frames * 3 * height * width);
  let at = 0;
  for (const { sections, raw } of chunks) {
    await run.program.run(...sections);
    const values = await toHostFloats(gpu, raw, [raw.shape[0] as number, 3, height, width], patch);
    pictures.set(
      values.map((value) => value / 2 + 0.5),
      at,
    );
    at += values.length;
  }
  return pictures;
}

async function toHostFloats(gpu: Gpu, raw: Tensor, shape: readonly number[], patch: number): Promise<Float32Array> {
  const recorder = new Recorder('floats');
  const out = recorder.persistent('out', shape);
  const ops = { recorder, capabilities: gpu.capabilities, operands: 'f32' } as const;
  recorder.section('floats', () => toFloats(ops, { x: raw, out, patch }));
  const program = await Program.create(gpu, recorder.finish());
  try {
    await program.run('floats');
    return await downloadF32(gpu, out);
  } finally {
    program.dispose();
  }
}
