import { Program } from '../gpu/program.ts';
import { Recorder } from '../gpu/recorder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { downloadF32, upload } from '../gpu/transfer.ts';
import {
  type AutoencoderKLWanConfig,
  type ChunkRun,
  parseAutoencoderKLWanConfig,
  spatialCompression,
  temporalCompression,
  WanDecoder,
  WanEncoder,
} from '../models/vae/index.ts';
import { wanVaeNames } from '../models/vae/names.ts';
import { channelsLast } from '../ops/channels-last.ts';
import type { OpContext } from '../ops/context.ts';
import { fromFloats, toFloats } from '../ops/pixels.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import { WeightSet } from '../weights/weight-set.ts';
import { batchItem, type GoldenTensor, goldenInput } from './golden.ts';
import { joinBatch, type ReplayContext, type Replayed } from './replay.ts';

/**
 * Repeats `AutoencoderKLWan`: `decode(in.z)`, or `encode(in.x)` where that is what was recorded; as one chunk, as the
 * pipeline's frame-streamed form is tested to give the same.
 */
export async function* replayWanVae(context: ReplayContext): AsyncIterable<Replayed> {
  const { gpu, source, golden, precision, signal } = context;
  const config = parseAutoencoderKLWanConfig(context.config);
  const weights = new WeightSet(await openCheckpoint(source, '', { names: wanVaeNames, signal }), precision.weights);
  const isDecode = golden.tensors.has('in.z');
  const input = goldenInput(golden, isDecode ? 'in.z' : 'in.x');
  const record = isDecode
    ? recordDecode(config, new WanDecoder(weights, config))
    : recordEncode(config, new WanEncoder(weights, config));
  await weights.load(gpu, { signal });
  try {
    const items: Replayed[][] = [];
    for (let i = 0; i < (input.shape[0] as number); i++) items.push([await run(context, record, batchItem(input, i))]);
    yield* joinBatch(items);
  } finally {
    weights.dispose(gpu);
  }
}

/** A recorded direction: its input as recorded, host tensors, what to run, and how to read the result. */
interface Direction {
  readonly input: Tensor;
  readonly constants: readonly (readonly [Tensor, Float32Array<ArrayBuffer>])[];
  readonly sections: readonly string[];
  readonly out: Tensor;
  /** From the tensor's order to the recording's. */
  readonly arrange: (values: Float32Array) => Float32Array;
}

type RecordDirection = (ops: OpContext, shape: readonly number[]) => Direction;

function recordDecode(config: AutoencoderKLWanConfig, decoder: WanDecoder): RecordDirection {
  return (ops, shape) => {
    const { recorder } = ops;
    const [channels = 0, frames = 0, height = 0, width = 0] = shape;
    const input = recorder.persistent('in.z', shape);
    const scale = recorder.persistent('one', [channels]);
    const shift = recorder.persistent('zero', [channels]);
    const z = recorder.persistent('z', [frames, height, width, Math.ceil(channels / 4) * 4]);
    recorder.section('z', () => channelsLast(ops, { x: input, scale, shift, out: z }));
    const [chunk] = decoder.record(ops, z) as [ChunkRun];
    const factor = spatialCompression(config);
    const pictures = 1 + (frames - 1) * temporalCompression(config);
    const out = recorder.persistent('out', [pictures, 3, height * factor, width * factor]);
    recorder.section('out', () => toFloats(ops, { x: chunk.out, out, patch: config.patchSize }));
    const ones = new Float32Array(channels).fill(1);
    return {
      input,
      constants: [
        [scale, ones],
        [shift, new Float32Array(channels)],
      ],
      sections: ['z', ...chunk.sections, 'out'],
      out,
      arrange: (values) => moveSecondAxisFirst(values, pictures, 3),
    };
  };
}

function recordEncode(config: AutoencoderKLWanConfig, encoder: WanEncoder): RecordDirection {
  return (ops, shape) => {
    const { recorder } = ops;
    const [channels = 0, frames = 0, height = 0, width = 0] = shape;
    const { patchSize, zDim } = config;
    // The host hands over frames first, as `fromFloats` takes them.
    const input = recorder.persistent('in.x', [frames, channels, height, width]);
    const depth = Math.ceil((channels * patchSize ** 2) / 4) * 4;
    const pictures = recorder.persistent('x', [frames, height / patchSize, width / patchSize, depth]);
    recorder.section('x', () => fromFloats(ops, { x: input, out: pictures, patch: patchSize }));
    const [chunk] = encoder.record(ops, pictures) as [ChunkRun];
    const padded = chunk.out.shape.at(-1) as number;
    return {
      input,
      constants: [],
      sections: ['x', ...chunk.sections],
      out: chunk.out,
      arrange: (values) => channelsFirst(values, padded, zDim),
    };
  };
}

async function run(
  { gpu, precision, golden }: ReplayContext,
  record: RecordDirection,
  { shape, values }: GoldenTensor,
): Promise<Replayed> {
  const recorder = new Recorder('vae');
  const ops = { recorder, capabilities: gpu.capabilities, operands: precision.operands };
  const { input, constants, sections, out, arrange } = record(ops, shape);
  const program = await Program.create(gpu, recorder.finish());
  try {
    const isFramesFirst = !golden.tensors.has('in.z');
    upload(
      gpu,
      input,
      isFramesFirst ? moveSecondAxisFirst(values, shape[0] as number, shape[1] as number) : new Float32Array(values),
    );
    for (const [tensor, constant] of constants) upload(gpu, tensor, constant);
    await program.run(...sections);
    return { name: 'out', values: arrange(await downloadF32(gpu, out)) };
  } finally {
    program.dispose();
  }
}

/** [a, b, ...] to [b, a, ...]. */
function moveSecondAxisFirst(values: Float32Array, a: number, b: number): Float32Array<ArrayBuffer> {
  const size = values.length / (a * b);
  const out = new Float32Array(values.length);
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      const from = (i * b + j) * size;
      out.set(values.subarray(from, from + size), (j * a + i) * size);
    }
  }
  return out;
}

/** [pixels, padded] to [channels, pixels]. */
function channelsFirst(values: Float32Array, padded: number, channels: number): Float32Array {
  const pixels = values.length / padded;
  const out = new Float32Array(channels * pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let c = 0; c < channels; c++) out[c * pixels + pixel] = values[pixel * padded + c] as number;
  }
  return out;
}
