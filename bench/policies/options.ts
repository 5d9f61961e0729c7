import { choiceOption, numberOption, userPath } from '../../cli/options.ts';
import { PROMPT_CASES } from './prompts.ts';
import { SETTINGS } from './settings.ts';

/** What is asked of the policies' part. */
export interface PoliciesRequest {
  /** How many of the prompts. */
  readonly prompts: number;
  readonly steps: number;
  readonly settings: keyof typeof SETTINGS;
  /** Where the plot goes; beside the results where left out. */
  readonly plot?: string;
}

/** Its options, for `parseOptions`. */
export const POLICIES_OPTIONS = {
  prompts: { type: 'string' },
  steps: { type: 'string' },
  settings: { type: 'string' },
  plot: { type: 'string' },
} as const;

/** Lines of help. */
export const POLICIES_HELP = `  --prompts N    of policies: prompts, from 1 to ${PROMPT_CASES.length} (8; with quick settings 2)
  --steps N      of policies: denoising steps (30)
  --settings ${Object.keys(SETTINGS).join('|')}
                 of policies: which table of settings (full)
  --plot FILE    of policies: speed against quality as SVG (bench/results/policies.svg)`;

/** Reads them. @throws {UsageError} */
export function parsePolicies(values: Partial<Record<keyof typeof POLICIES_OPTIONS, string>>): PoliciesRequest {
  const settings = choiceOption('settings', values.settings, ['full', 'presets', 'quick']) ?? 'full';
  const most = PROMPT_CASES.length;
  const prompts = numberOption('prompts', values.prompts, { least: 1, most, whole: true });
  return {
    prompts: prompts ?? (settings === 'quick' ? 2 : 8),
    steps: numberOption('steps', values.steps, { least: 2, whole: true }) ?? 30,
    settings,
    ...(values.plot !== undefined && { plot: userPath(values.plot) }),
  };
}
