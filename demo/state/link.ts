/**
 * The address holds all settings, so that a link reproduces the run:
 * `?prompt=...&seed=3&steps=12&guidance=4&frames=9&width=128&height=128&policy=NAME&preset=fast&set.threshold=0.08`.
 *
 * @module
 */
import type { PolicyDescription } from 'stillframe/policies';
import { EMBEDDED_SIZES } from './embedded.ts';
import { findPolicy, fromText, type Options, type Presets, settle, toText, withSteps } from './policies.ts';
import { type NumberName, numberRules, parseNumber } from './rules.ts';
import { FIRST_SETTINGS, type Settings } from './settings.ts';

/** What an address says. */
export interface ReadLink {
  readonly settings: Settings;
  /** What could not be taken, by name, and what was taken instead. */
  readonly warnings: readonly string[];
}

/** Parameters of the numbers. */
const NUMBERS: Readonly<Record<NumberName, string>> = {
  seed: 'seed',
  steps: 'steps',
  guidanceScale: 'guidance',
  frames: 'frames',
  width: 'width',
  height: 'height',
};

/** Sizes of a model that is not known yet. */
const ANY_SIZES = { pixels: 1, frames: 1 };

/** Before the name of a policy's option. */
const OPTION = 'set.';

/**
 * The settings as a query, with nothing left out: defaults may change.
 *
 * @param model Of a model that does not come with the page, its name.
 */
export function toQuery(settings: Settings, model?: string): string {
  const query = new URLSearchParams({ prompt: settings.prompt });
  for (const [name, parameter] of Object.entries(NUMBERS) as [NumberName, string][]) {
    query.set(parameter, String(settings[name]));
  }
  query.set('policy', settings.policy);
  if (settings.preset !== undefined) query.set('preset', settings.preset);
  for (const [name, value] of Object.entries(settings.policyOptions)) query.set(OPTION + name, toText(value));
  if (model !== undefined) query.set('model', model);
  return query.toString();
}

/**
 * Reads a query. What it leaves out is as in the first settings; what it gets wrong, too, with a warning.
 *
 * @param presets Of the embedded model.
 */
export function fromQuery(query: string, presets: Presets, first: Settings = FIRST_SETTINGS): ReadLink {
  const parameters = new URLSearchParams(query);
  const warnings: string[] = [];
  const prompt = parameters.get('prompt') ?? first.prompt;
  const model = parameters.get('model');
  const rules = numberRules(model === null ? EMBEDDED_SIZES : ANY_SIZES);
  const numbers = readNumbers(parameters, rules, first, warnings);
  const begun = withSteps(first, numbers.steps ?? first.steps, presets);
  const policy = readPolicy(parameters, begun, presets, warnings);
  if (model !== null) {
    warnings.push(
      `This link was made with the model ${model}, which does not come with the page. ` +
        'Open its folder under "Your own model" to get the same clip.',
    );
  }
  return { settings: settle({ ...first, prompt, ...numbers, ...policy }, presets), warnings };
}

function readNumbers(
  parameters: URLSearchParams,
  rules: ReturnType<typeof numberRules>,
  first: Settings,
  warnings: string[],
): Partial<Settings> {
  const numbers: Partial<Record<NumberName, number>> = {};
  for (const [name, parameter] of Object.entries(NUMBERS) as [NumberName, string][]) {
    const text = parameters.get(parameter);
    if (text === null) continue;
    try {
      numbers[name] = parseNumber(text, { ...rules[name], label: parameter });
    } catch (error) {
      warnings.push(refusal(error, `Taken: ${first[name]}.`));
    }
  }
  return numbers;
}

function readPolicy(
  parameters: URLSearchParams,
  first: Settings,
  presets: Presets,
  warnings: string[],
): Pick<Settings, 'policy' | 'preset' | 'policyOptions'> {
  const asked = parameters.get('policy');
  const policy = findPolicy(asked ?? first.policy);
  if (!policy) {
    warnings.push(`In the address, policy is ${asked}; there is none of that name. Taken: ${first.policy}.`);
    return { policy: first.policy, preset: first.preset, policyOptions: {} };
  }
  const policyOptions = readOptions(parameters, policy, warnings);
  const preset = parameters.get('preset') ?? (asked === null ? first.preset : undefined);
  const known = Object.keys(presets[policy.name] ?? {});
  if (preset === undefined || known.includes(preset)) return { policy: policy.name, preset, policyOptions };
  const names = known.length > 0 ? `one of ${known.join(', ')}` : `left out for ${policy.name}`;
  const settled = settle({ policy: policy.name, preset: undefined, policyOptions }, presets);
  const instead = settled.preset === undefined ? 'It was left out.' : `Taken: ${settled.preset}.`;
  warnings.push(`In the address, preset is ${preset}; it must be ${names}. ${instead}`);
  return settled;
}

function readOptions(parameters: URLSearchParams, policy: PolicyDescription, warnings: string[]): Options {
  const options: Record<string, Options[string]> = {};
  for (const [parameter, text] of parameters) {
    if (!parameter.startsWith(OPTION)) continue;
    const name = parameter.slice(OPTION.length);
    const option = policy.options.find((candidate) => candidate.name === name);
    try {
      if (!option) throw new RangeError(`${name} is no option of ${policy.name}.`);
      options[name] = fromText(text, option);
    } catch (error) {
      warnings.push(refusal(error, 'It was left out.'));
    }
  }
  return options;
}

function refusal(error: unknown, instead: string): string {
  if (error instanceof RangeError) return `In the address, ${error.message} ${instead}`;
  throw error;
}
