import type { BrowserSession } from '../../cli/browser.ts';
import { PageError } from '../../cli/errors.ts';
import type { BenchApi } from '../page/api.ts';
import type { ComparedRun, PolicyRun } from '../page/policies.ts';
import type { PromptCase } from './prompts.ts';
import type { Setting } from './settings.ts';

/** A setting's run with one prompt, beside what computing everything took around it. */
export interface SettingRun extends PromptCase, ComparedRun {
  /** Seconds of denoising without a policy: mean of the runs before and after. */
  readonly baselineSeconds: number;
  /** Block forwards without a policy. */
  readonly baselineBlocks: number;
}

/** A setting's runs, one a prompt. */
export interface SettingRuns extends Setting {
  readonly runs: readonly SettingRun[];
}

/** What was run. */
export interface Runs {
  readonly settings: readonly SettingRuns[];
  /** By prompt, seconds of denoising of each run without a policy, in order: how much the machine drifted. */
  readonly baselineSeconds: readonly (readonly number[])[];
  /** A sentence for each policy that the model refused. */
  readonly refusals: readonly string[];
}

/** Settings between two runs without a policy. */
const GROUP = 7;

/**
 * Runs every setting with every prompt: prompt by prompt, each begun by a run without a policy and another after every
 * few settings, in an order that is turned from prompt to prompt, so that drift of the machine hits all alike.
 *
 * @param tell Gets a line after each prompt.
 */
export async function runSettings(
  session: BrowserSession<BenchApi>,
  { settings: wanted, prompts, steps }: { settings: readonly Setting[]; prompts: readonly PromptCase[]; steps: number },
  tell: (line: string) => void,
): Promise<Runs> {
  const refused = await warmUp(session, wanted, prompts[0] as PromptCase, steps);
  const settings = wanted.filter(({ policy }) => !refused.has(policy));
  const refusals = [...refused].map(([policy, message]) => `${policy} is left out: ${message}`);
  for (const refusal of refusals) tell(refusal);
  const runs = new Map<Setting, SettingRun[]>(settings.map((setting) => [setting, []]));
  const baselineSeconds: number[][] = [];
  for (const [index, prompt] of prompts.entries()) {
    const baseline = () => session.call('policyBaseline', { ...prompt, steps });
    const start = Math.floor((index * settings.length) / prompts.length);
    const order = [...settings.slice(start), ...settings.slice(0, start)];
    let before = await baseline();
    const seconds = [before.denoiseSeconds];
    for (let first = 0; first < order.length; first += GROUP) {
      const done: [Setting, ComparedRun][] = [];
      for (const setting of order.slice(first, first + GROUP)) {
        done.push([setting, await session.call('policyRun', { ...prompt, ...setting, steps })]);
      }
      const after = await baseline();
      for (const [setting, run] of done) runs.get(setting)?.push({ ...prompt, ...run, ...between(before, after) });
      seconds.push(after.denoiseSeconds);
      before = after;
    }
    baselineSeconds.push(seconds);
    tell(`${index + 1} of ${prompts.length}: none ${seconds.map((value) => value.toFixed(2)).join(', ')} s`);
  }
  const done = settings.map((setting) => ({ ...setting, runs: runs.get(setting) ?? [] }));
  return { settings: done, baselineSeconds, refusals };
}

/**
 * A run of each policy that does not count: what a driver does at first use is over then, and refusals are known.
 *
 * @returns why policies cannot run on this model, by name: one may need what another run must make first.
 */
async function warmUp(
  session: BrowserSession<BenchApi>,
  settings: readonly Setting[],
  prompt: PromptCase,
  steps: number,
): Promise<Map<string, string>> {
  await session.call('policyBaseline', { ...prompt, steps });
  const firsts = new Map([...settings].reverse().map((setting) => [setting.policy, setting]));
  const refused = new Map<string, string>();
  for (const setting of firsts.values()) {
    try {
      await session.call('policyRun', { ...prompt, ...setting, steps });
    } catch (error) {
      if (!(error instanceof PageError && error.name === 'OptionError')) throw error;
      refused.set(setting.policy, error.message);
    }
  }
  return refused;
}

function between(before: PolicyRun, after: PolicyRun): Pick<SettingRun, 'baselineSeconds' | 'baselineBlocks'> {
  const baselineSeconds = (before.denoiseSeconds + after.denoiseSeconds) / 2;
  return { baselineSeconds, baselineBlocks: before.blocks.computed };
}
