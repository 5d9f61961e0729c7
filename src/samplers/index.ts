import { OptionError, UnsupportedModelError } from '../errors.ts';
import type { ConfigJson } from '../models/config.ts';
import { flowMatchEuler } from './euler.ts';
import type { SamplerKind } from './sampler.ts';
import { unipc } from './unipc.ts';

/** All samplers: to add one, add its file and a line here. */
export const SAMPLERS: readonly SamplerKind[] = [flowMatchEuler, unipc];

/** The sampler that users call `name`. @throws {OptionError} listing those there are. */
export function samplerByName(name: string): SamplerKind {
  const found = SAMPLERS.find((kind) => kind.name === name);
  if (found) return found;
  const names = SAMPLERS.map((kind) => kind.name).join(', ');
  throw new OptionError(`sampler is "${name}"; there is no such sampler.`, `Use one of: ${names}.`);
}

/** A model's own sampler and shift. @throws {UnsupportedModelError} when it is not built. */
export function samplerFromConfig(config: ConfigJson): { kind: SamplerKind; shift: number } {
  const kind = SAMPLERS.find(({ className }) => className === config._class_name);
  if (!kind) {
    const names = SAMPLERS.map(({ className }) => className).join(', ');
    throw new UnsupportedModelError(
      `scheduler_config.json names ${JSON.stringify(config._class_name)}, which is not built.`,
      `Pass the sampler option; the schedulers built are ${names}.`,
    );
  }
  kind.check(config);
  const shift = config.flow_shift ?? config.shift ?? 1;
  return { kind, shift: typeof shift === 'number' ? shift : 1 };
}
