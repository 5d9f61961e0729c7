import { Program } from '../gpu/program.ts';
import { Recorder } from '../gpu/recorder.ts';
import { downloadF32, upload } from '../gpu/transfer.ts';
import { AutoencoderKLDecoder, parseAutoencoderKLConfig } from '../models/autoencoder-kl/index.ts';
import type { ChunkRun } from '../models/vae/index.ts';
import { paddedChannels } from '../ops/conv-layout.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import { WeightSet } from '../weights/weight-set.ts';
import { goldenInput } from './golden.ts';
import { channelsFirst, channelsLast } from './pictures.ts';
import type { ReplayContext, Replayed } from './replay.ts';

/** Repeats `decode(in.z)` of `AutoencoderKL`, the pictures of a batch as frames. */
export async function* replayAutoencoderKL({
  gpu,
  source,
  config: json,
  golden,
  precision,
  signal,
}: ReplayContext): AsyncIterable<Replayed> {
  const config = parseAutoencoderKLConfig(json);
  const weights = new WeightSet(await openCheckpoint(source, '', { signal }), precision.weights);
  const decoder = new AutoencoderKLDecoder(weights, config);
  await weights.load(gpu, { signal });
  try {
    const { shape, values } = goldenInput(golden, 'in.z', ['any', config.latentChannels, 'any', 'any']);
    const [frames = 0, channels = 0, height = 0, width = 0] = shape;
    const recorder = new Recorder('vae');
    const z = recorder.persistent('z', [frames, height, width, paddedChannels(channels)]);
    const ops = { recorder, capabilities: gpu.capabilities, operands: precision.operands };
    const [{ sections, out }] = decoder.record(ops, z) as [ChunkRun];
    const program = await Program.create(gpu, recorder.finish());
    try {
      upload(gpu, z, channelsLast(values, shape));
      program.run(...sections);
      yield { name: 'out', values: channelsFirst(await downloadF32(gpu, out), out.shape, 3) };
    } finally {
      program.dispose();
    }
  } finally {
    weights.dispose(gpu);
  }
}
