import { OptionError, UnsupportedModelError } from '../errors.ts';
import { type ConfigJson, ConfigReader } from '../models/config.ts';
import { ddim } from './ddim.ts';
import { flowMatchEuler } from './euler.ts';
import type { ConfiguredSampler, SamplerKind } from './sampler.ts';
import { unipc } from './unipc.ts';

/** All samplers: to add one, add its file and a line here. */
export const SAMPLERS: readonly SamplerKind[] = [flowMatchEuler, unipc, ddim];

/** What every scheduler of diffusers calls the number of levels that a model was trained on. */
const TRAIN_TIMESTEPS = 'num_train_timesteps';

/**
 * A model's `scheduler_config.json` under the class that reads it: the one in `model_index.json`, as in diffusers. Only a
 * file that was saved by a class that is not built stays that class's: what its keys were meant for is not known.
 */
export function schedulerConfig(file: ConfigJson, indexClass: string | undefined): ConfigJson {
  const saved = file._class_name;
  const isKnown = saved === undefined || ownKind(file) !== undefined;
  return { ...file, _class_name: isKnown ? (indexClass ?? saved) : saved };
}

/**
 * The sampler that a model's own file names.
 *
 * @param config As `schedulerConfig` gives it.
 * @throws {UnsupportedModelError} when the class, or what a key of it asks for, is not built.
 */
export function samplerFromConfig(config: ConfigJson): ConfiguredSampler {
  const kind = ownKind(config);
  if (kind) return configure(kind, config);
  const classes = SAMPLERS.map(({ className }) => className).join(', ');
  throw new UnsupportedModelError(
    `The model's scheduler is ${JSON.stringify(config._class_name)}, which is not built; ${classes} are.`,
    remedy(others(kind)),
  );
}

/**
 * The sampler that a caller names. Of the class that the model's file names, it takes all settings; of another one, what
 * the model was made for: the shift, under its own class's key, and the number of training timesteps. A flow's sampler runs
 * flows only, and no other's runs them.
 *
 * @param name As `defaultSampler` gives it, or of another sampler. @param config As `schedulerConfig` gives it.
 * @throws {OptionError} listing the samplers there are, for another name; {UnsupportedModelError} as `samplerFromConfig`.
 */
export function chooseSampler(name: string, config: ConfigJson): ConfiguredSampler {
  if (name === defaultSampler(config)) return samplerFromConfig(config);
  const own = ownKind(config);
  const kind = others(own).find((one) => one.name === name);
  if (kind?.flow) {
    const shift = config[own?.flow?.shift ?? shiftKey(config._class_name)];
    const { [TRAIN_TIMESTEPS]: trainTimesteps } = config;
    return configure(kind, { ...kind.flow.fixed, [kind.flow.shift]: shift, [TRAIN_TIMESTEPS]: trainTimesteps });
  }
  const isOther = SAMPLERS.some((one) => one.name === name);
  throw new OptionError(
    `sampler is "${name}"; ${isOther ? 'this model is none that it samples' : 'there is no such sampler'}.`,
    `Use one of: ${list([...(own ? [own] : []), ...others(own)])}.`,
  );
}

/** The name of the model's own sampler, which is its class where that is not built. */
export function defaultSampler(config: ConfigJson): string {
  return ownKind(config)?.name ?? String(config._class_name);
}

/** A sampler that runs a model: the one called `name` where it is built, else another, for a look at its memory, say. */
export function workingSampler(name: string, config: ConfigJson): string {
  try {
    return chooseSampler(name, config).name;
  } catch (error) {
    const [other] = others(ownKind(config));
    if (other) return other.name;
    throw error;
  }
}

function ownKind({ _class_name }: ConfigJson): SamplerKind | undefined {
  return SAMPLERS.find(({ className }) => className === _class_name);
}

/** What a class that is not built calls the flow's shift: in diffusers, `shift` where it is for nothing but flows. */
function shiftKey(className: unknown): string {
  return /^Flow/.test(String(className)) ? 'shift' : 'flow_shift';
}

function configure(kind: SamplerKind, config: ConfigJson): ConfiguredSampler {
  const notes = { file: 'scheduler_config.json', remedy: remedy(others(kind)) };
  return kind.configure(new ConfigReader(config, kind.className, notes));
}

/** What may stand in for a sampler: another of flows, for one of flows or one that is not built. */
function others(kind: SamplerKind | undefined): readonly SamplerKind[] {
  return kind && !kind.flow ? [] : SAMPLERS.filter((one) => one.flow && one !== kind);
}

function remedy(samplers: readonly SamplerKind[]): string {
  if (samplers.length === 0) return 'Use a checkpoint whose settings are built.';
  return `Pass the option sampler, which takes no more than the shift from the file: ${list(samplers)}.`;
}

function list(samplers: readonly SamplerKind[]): string {
  return samplers.map(({ name }) => name).join(', ');
}
