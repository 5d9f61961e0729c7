import { OptionError } from '../../errors.ts';
import type { ConfigJson } from '../../models/config.ts';
import type { RunRequest } from '../family.ts';
import type { PromptKind } from '../model-info.ts';

/** The classes that a model knows. */
export type Classes = Extract<PromptKind, { kind: 'class' }>;

/**
 * The classes of a folder. As in diffusers' `DiTPipeline`, an entry of `id2label` may have several names, with commas
 * between; of two classes with one name the later has it.
 *
 * @param index The folder's `model_index.json`. @param count Classes of the transformer.
 */
export function readClasses({ id2label }: ConfigJson, count: number): Classes {
  const entries = typeof id2label === 'object' && id2label !== null ? Object.entries(id2label) : [];
  const named = entries.flatMap(([id, names]) =>
    String(names)
      .split(',')
      .map((name) => [name.trim(), Number(id)] as const),
  );
  const names = Object.fromEntries(
    named.filter(([name, id]) => name !== '' && Number.isInteger(id) && id >= 0 && id < count),
  );
  return { kind: 'class', count, names };
}

/** The class that a run is told to show, by name or number. @throws {OptionError} naming what may be said. */
export function classOf(
  { settings, options }: Pick<RunRequest, 'settings' | 'options'>,
  { count, names }: Classes,
): number {
  for (const name of ['promptEmbeds', 'negativePromptEmbeds'] as const) {
    if (options[name]) throw new OptionError(`${name} is given; this model takes a class.`, 'Pass it as prompt.');
  }
  if (settings.negativePrompt !== '') {
    throw new OptionError('negativePrompt is given; this model is steered away from no class.', 'Leave it out.');
  }
  const prompt = settings.prompt.trim();
  const named = Object.hasOwn(names, prompt) ? names[prompt] : undefined;
  if (named !== undefined) return named;
  if (/^\d+$/.test(prompt) && Number(prompt) < count) return Number(prompt);
  const [example] = Object.keys(names);
  throw new OptionError(
    `prompt is ${JSON.stringify(settings.prompt)}; this model takes one of ${count} classes.`,
    `Pass a number from 0 to ${count - 1}${example === undefined ? '' : `, or a name such as ${JSON.stringify(example)}`}.`,
  );
}
