import type * as Ort from 'onnxruntime-web';
import { Gpu } from '../../src/gpu/gpu.ts';
import { EmbeddedForward, type ForwardInputs, LATENT_SIZE, PROMPT_LENGTH } from './forward.ts';
import { type Arm, measure, type Timing } from './measure.ts';

/** Where the page finds what it compares with. */
export interface PeersRequest {
  /** Folder of onnxruntime-web's files, with a slash at the end. */
  readonly runtimeUrl: string;
  readonly onnxUrl: string;
  /** Threads of the WASM provider. */
  readonly threads: number;
}

/** A way to run the embedded transformer's forward, from inputs on the CPU to the output on the CPU. */
export interface PeerResult extends Timing {
  readonly arm: string;
  /** Largest difference from our output. */
  readonly maxAbsolute: number;
}

/** Batches of each arm: a forward of the slowest takes seconds. */
const BATCHES = 5;

/** Outputs must agree so far before anything is timed: they are of order 1, in f32 throughout. */
const TOLERANCE = 2e-3;

type Forward = (inputs: ForwardInputs) => Promise<Float32Array>;

/** Times our forward and onnxruntime-web's on the same inputs, in turns. @throws when an output differs. */
export async function benchPeers({ runtimeUrl, onnxUrl, threads }: PeersRequest): Promise<PeerResult[]> {
  const ort: typeof Ort = await import(/* @vite-ignore */ `${runtimeUrl}ort.webgpu.bundle.min.mjs`);
  ort.env.wasm.wasmPaths = runtimeUrl;
  ort.env.wasm.numThreads = threads;
  const gpu = await Gpu.request();
  const ours = await EmbeddedForward.create(gpu);
  const forwards: Record<string, Forward> = {
    'stillframe WebGPU': (inputs) => ours.run(inputs),
    'onnxruntime-web WebGPU': await ortForward(ort, onnxUrl, 'webgpu'),
    [`onnxruntime-web WASM, ${threads} threads`]: await ortForward(ort, onnxUrl, 'wasm'),
  };
  const inputs = makeInputs();
  const expected = await ours.run(inputs);
  const results = [];
  for (const [arm, forward] of Object.entries(forwards)) {
    results.push({ arm, maxAbsolute: maxDifference(arm, await forward(inputs), expected) });
  }
  const arms = Object.entries(forwards).map(
    ([name, forward]): Arm => ({
      name,
      async run(times) {
        for (let i = 0; i < times; i++) await forward(inputs);
      },
    }),
  );
  const timings = await measure(arms, { batches: BATCHES });
  ours.dispose();
  gpu.dispose();
  return results.map((result, i) => ({ ...result, ...(timings[i] as Timing) }));
}

async function ortForward(ort: typeof Ort, url: string, provider: 'webgpu' | 'wasm'): Promise<Forward> {
  const session = await ort.InferenceSession.create(url, { executionProviders: [provider] });
  return async ({ latents, timestep, text }) => {
    const { velocity } = await session.run({
      hidden_states: new ort.Tensor('float32', latents, [1, 16, ...LATENT_SIZE]),
      timestep: new ort.Tensor('float32', [timestep], [1]),
      encoder_hidden_states: new ort.Tensor('float32', text, [1, PROMPT_LENGTH, text.length / PROMPT_LENGTH]),
    });
    return (velocity as Ort.Tensor).data as Float32Array;
  };
}

/** Smooth values of order 1: any will do. */
function makeInputs(): ForwardInputs {
  const wave = (count: number, step: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * step));
  const [frames, rows, columns] = LATENT_SIZE;
  return { latents: wave(16 * frames * rows * columns, 1.7), timestep: 500, text: wave(PROMPT_LENGTH * 128, 0.9) };
}

function maxDifference(arm: string, got: Float32Array, want: Float32Array): number {
  const largest = got.reduce((most, value, i) => Math.max(most, Math.abs(value - (want[i] as number))), 0);
  if (got.length === want.length && largest <= TOLERANCE) return largest;
  throw new Error(`${arm}: ${got.length} values differ from our ${want.length} by up to ${largest}`);
}
