import { UnsupportedModelError } from '../errors.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { ConfigJson } from '../models/config.ts';
import { t5ClassName } from '../models/t5/config.ts';
import { exists, readJson, type WeightSource } from '../weights/source.ts';
import { replayAutoencoderKL } from './autoencoder-kl.ts';
import { compare, type Difference } from './compare.ts';
import { replayDiTPipeline } from './dit-pipeline.ts';
import { replayDiTTransformer } from './dit-transformer.ts';
import { readGolden } from './golden.ts';
import type { Precision, Replay } from './replay.ts';
import { replayT5 } from './t5.ts';
import { replayWanPipeline } from './wan-pipeline.ts';
import { replayWanTransformer } from './wan-transformer.ts';
import { replayWanVae } from './wan-vae.ts';

/** What is compared: outputs of blocks, latents after steps, and the final output. */
const COMPARED = /^(block\.\d+|latents\.\d+|out)$/;

/** How each class is repeated: to add a model, add its file and a line here. */
const REPLAYS: Readonly<Record<string, Replay>> = {
  WanTransformer3DModel: replayWanTransformer,
  AutoencoderKLWan: replayWanVae,
  WanPipeline: replayWanPipeline,
  T5EncoderModel: replayT5,
  UMT5EncoderModel: replayT5,
  DiTTransformer2DModel: replayDiTTransformer,
  AutoencoderKL: replayAutoencoderKL,
  DiTPipeline: replayDiTPipeline,
};

/** The conformance of a folder. */
export interface Conformance {
  /** The class that was run. */
  readonly className: string;
  /** A row for each recorded tensor, in the order of the run. */
  readonly rows: readonly Difference[];
}

/**
 * Repeats the run recorded in a folder (`model + golden.safetensors`) and compares every recorded tensor.
 *
 * @param onRow Called with each row as it is known.
 * @throws {UnsupportedModelError} when the folder's class is not built; errors of loading and running.
 */
export async function conformance(
  gpu: Gpu,
  source: WeightSource,
  options: { precision: Precision; signal?: AbortSignal; onRow?: (row: Difference) => void },
): Promise<Conformance> {
  const { precision, signal, onRow } = options;
  const { className, config } = await readClass(source, signal);
  const replay = REPLAYS[className];
  if (!replay) {
    throw new UnsupportedModelError(
      `${source.label} is of class ${className}, which is not built.`,
      `The classes built are ${Object.keys(REPLAYS).join(', ')}.`,
    );
  }
  const golden = await readGolden(source, 'golden.safetensors', signal);
  const missing = new Set([...golden.tensors.keys()].filter((name) => COMPARED.test(name)));
  const rows: Difference[] = [];
  for await (const { name, values } of replay({ gpu, source, config, golden, precision, signal })) {
    const recorded = golden.tensors.get(name);
    if (!recorded) continue;
    missing.delete(name);
    const row = compare(name, values, recorded.values);
    rows.push(row);
    onRow?.(row);
  }
  // A recorded tensor that the run never made is a failure, not a row less.
  for (const name of missing)
    rows.push({ name, maxAbsolute: Number.POSITIVE_INFINITY, relativeL2: Number.POSITIVE_INFINITY });
  return { className, rows };
}

async function readClass(
  source: WeightSource,
  signal?: AbortSignal,
): Promise<{ className: string; config: ConfigJson }> {
  const file = (await exists(source, 'model_index.json', signal)) ? 'model_index.json' : 'config.json';
  const config = (await readJson(source, file, signal)) as ConfigJson;
  const { _class_name, architectures } = config;
  const saved = Array.isArray(architectures) ? architectures[0] : undefined;
  return { className: String(_class_name ?? t5ClassName(config) ?? saved), config };
}
