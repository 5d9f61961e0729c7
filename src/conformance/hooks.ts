import type { RunRecord } from '../cache/run-record.ts';
import type { Branch } from '../cache/run-shape.ts';
import { WeightsError } from '../errors.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { ConfigJson } from '../models/config.ts';
import { loadWeights } from '../pipeline/parts.ts';
import { openFamily } from '../pipeline/wan.ts';
import { readJson, type WeightSource } from '../weights/source.ts';
import { CachedRun } from './cached-run.ts';
import { compare } from './compare.ts';
import { type Golden, goldenInput, readGolden } from './golden.ts';
import { type HookOptions, samePolicy } from './hook-options/index.ts';
import type { Precision } from './replay.ts';

/** What a recorded run under somebody else's caching hook came to with our policy. */
export type HookRow =
  | {
      /** Of the file, such as `fbcache-0.05`. */
      readonly name: string;
      readonly policy: string;
      /** Largest relative L2 error of the latents after a step, and that step. */
      readonly worst: number;
      readonly worstStep: number;
      /** Block forwards by branch, as they were recorded and as ours are; absent where they were not counted. */
      readonly blockForwards?: { readonly recorded: string; readonly ours: string };
    }
  | {
      readonly name: string;
      readonly policy: string;
      /** Why it is not run. */
      readonly missing: string;
    };

/** How a run was recorded: JSON under `settings` in a file's metadata. */
interface HookSettings {
  readonly policy: string;
  readonly options: HookOptions;
  readonly steps: number;
  readonly guidance: number;
  /** Whether both branches were one forward; the unconditional one came first in it. */
  readonly batched?: boolean;
  readonly blockForwards?: number | Readonly<Record<string, number>>;
}

/** What is run. */
export interface HooksOptions {
  readonly precision: Precision;
  /** Files of the folder, such as `fbcache-0.05.safetensors`. */
  readonly files: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Repeats runs of a model that were recorded under other people's caching hooks (diffusers, cache-dit), each with our
 * policy of the same options: the latents after every step, and the block forwards, are compared.
 *
 * @param model The folder of the model that they were recorded with. @param folder The folder with the recordings.
 * @throws errors of loading and running; {WeightsError} for a file that is no such recording.
 */
export async function* hookConformance(
  gpu: Gpu,
  model: WeightSource,
  folder: WeightSource,
  { precision, files, signal }: HooksOptions,
): AsyncIterable<HookRow> {
  const index = (await readJson(model, 'model_index.json', signal)) as ConfigJson;
  const open = { precision: precision.weights, capabilities: gpu.capabilities, signal };
  const family = await openFamily({ source: model }, index, open);
  try {
    await loadWeights(gpu, family, signal);
    for (const file of files) {
      const golden = await readGolden(folder, file, signal);
      const settings = hookSettings(golden);
      const name = file.replace('.safetensors', '');
      const { steps, guidance, batched = false } = settings;
      const blocks = family.components.transformer.blocks.length;
      const same = samePolicy(settings.policy, settings.options, { steps, guidance, isBatched: batched, blocks });
      if (typeof same === 'string') {
        yield { name, policy: settings.policy, missing: same };
        continue;
      }
      const branches: readonly Branch[] = guidance > 1 ? ['cond', 'uncond'] : ['cond'];
      const made = { steps, guidanceScale: guidance, branches, alternates: same.alternates ?? false };
      const run = new CachedRun(gpu, family, golden, made, precision, signal);
      try {
        let [worst, worstStep] = [0, 0];
        const record = await run.denoise(same.policy, same.options, (step, latents) => {
          const wanted = goldenInput(golden, `latents.${step}`, run.latents.shape).values;
          const { relativeL2 } = compare(`latents.${step}`, latents, wanted);
          if (!(relativeL2 <= worst)) [worst, worstStep] = [relativeL2, step];
        });
        const blockForwards = same.skipsBlocks ? counted(settings.blockForwards, record, branches) : undefined;
        yield { name, policy: settings.policy, worst, worstStep, ...(blockForwards && { blockForwards }) };
      } finally {
        run.dispose();
      }
    }
  } finally {
    for (const { weights } of family.parts) weights.dispose(gpu);
  }
}

/** The settings of a recording. @throws {WeightsError} when it has none that can be read. */
export function hookSettings({ file, metadata }: Golden): HookSettings {
  try {
    const settings: unknown = JSON.parse(metadata.settings ?? '');
    if (isSettings(settings)) return settings;
  } catch {
    // Told below, with the file's name.
  }
  const needed = 'policy (a name), options, steps (a count) and guidance (a number)';
  throw new WeightsError(`${file} has no settings with ${needed}.`, 'Record it again.');
}

/** Block forwards as recorded and as ours; a recording may have counted all branches together. */
function counted(recorded: HookSettings['blockForwards'], record: RunRecord, branches: readonly Branch[]) {
  if (recorded === undefined) return undefined;
  if (typeof recorded === 'number') return { recorded: String(recorded), ours: String(record.blocks.computed) };
  if (recorded.both) return { recorded: String(recorded.both), ours: String(blocksOf(record, 'cond')) };
  const list = (count: (branch: Branch) => number) => branches.map((branch) => `${branch} ${count(branch)}`).join(', ');
  return {
    recorded: list((branch) => recorded[branch] ?? Number.NaN),
    ours: list((branch) => blocksOf(record, branch)),
  };
}

/** Blocks that a branch ran, at least in part: as a hook on a block's forward counts them. */
function blocksOf({ sites, shape: { steps } }: RunRecord, branch: Branch): number {
  const ran = new Map<number, Set<number>>();
  for (const { site, digits } of sites.filter(({ key }) => key === branch)) {
    const [, first = '0', last = first] = /^blocks?\.(\d+)(?:-(\d+))?/.exec(site) ?? [];
    for (let block = Number(first); block <= Number(last); block++) {
      const of = ran.get(block) ?? new Set();
      ran.set(block, of);
      for (let step = 0; step < steps; step++) if ('1ht'.includes(digits[step] ?? '-')) of.add(step);
    }
  }
  return [...ran.values()].reduce((sum, of) => sum + of.size, 0);
}

function isSettings(settings: unknown): settings is HookSettings {
  if (typeof settings !== 'object' || settings === null) return false;
  const { policy, options, steps, guidance } = settings as Readonly<Record<string, unknown>>;
  const isRun = Number.isInteger(steps) && Number(steps) >= 1 && Number.isFinite(guidance);
  return isRun && typeof policy === 'string' && typeof options === 'object' && options !== null;
}
