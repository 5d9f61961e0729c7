import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ROOT } from '../scripts/setup/system.mjs';
import { POLICIES } from '../src/cache/index.ts';
import { parseManifest } from '../src/weights/manifest.ts';
import { BrowserSession } from './browser.ts';
import { CALIBRATION_PROMPTS } from './calibration-prompts.ts';
import { UsageError } from './errors.ts';
import { makeFolder } from './folders.ts';
import type { HarnessApi, HarnessEvent } from './harness/api.ts';
import { chooseModel } from './model.ts';
import { choiceOption, numberOption, parseOptions, userPath } from './options.ts';
import { folderId } from './policy-options.ts';
import { ProgressLine } from './progress.ts';

/** Policies that know something of a model beforehand. */
const CALIBRATED = POLICIES.filter(({ calibration }) => calibration).map(({ name }) => name);

const HELP = `Usage: npm run calibrate -- [OPTIONS]

Measures on runs without caching how a model changes from step to step, for policies that need to know beforehand.

  --policy NAME           for which policy: ${CALIBRATED.join(', ')} (${CALIBRATED[0]})
  --model NAME            an id of weights-manifest.json, a folder, its URL, or a hub id (shapes)
  --variant NAME          files of the model to read, as generate has it
  --prompts N             how many of ${CALIBRATION_PROMPTS.length} prompts, which are made for shapes (${CALIBRATION_PROMPTS.length})
  --prompt TEXT           a prompt instead of those; may be repeated
  --steps NUMBER          denoising steps: the artifact serves runs of as many
  --sampler NAME          as generate has it; the artifact serves this one alone
  --guidance NUMBER       scale of classifier-free guidance
  --width, --height N     pixels: the artifact serves runs of any size
  --frames N              4k + 1 frames
  --lookahead N           the largest distance in steps that is measured (3)
  --out FILE              where to write (POLICY-STEPS.json in the model's folder, if it is one of the manifest's)`;

/** `calibrate --model NAME`: writes an artifact. @returns the exit code. @throws {UsageError | CommandError} */
export async function run(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, help } = parseOptions(args, {
    policy: text,
    model: text,
    variant: text,
    prompts: text,
    prompt: { type: 'string', multiple: true },
    steps: text,
    sampler: text,
    guidance: text,
    width: text,
    height: text,
    frames: text,
    lookahead: text,
    out: text,
  });
  if (help) {
    console.log(HELP);
    return 0;
  }
  const policy = choiceOption('policy', values.policy, CALIBRATED) ?? CALIBRATED[0] ?? '';
  const whole = { least: 1, whole: true } as const;
  const most = CALIBRATION_PROMPTS.length;
  const prompts =
    values.prompt ?? CALIBRATION_PROMPTS.slice(0, numberOption('prompts', values.prompts, { ...whole, most }));
  const distances = numberOption('lookahead', values.lookahead, whole) ?? 3;
  const run = {
    steps: numberOption('steps', values.steps, whole),
    sampler: values.sampler,
    guidanceScale: numberOption('guidance', values.guidance, { least: 0 }),
    width: numberOption('width', values.width, whole),
    height: numberOption('height', values.height, whole),
    frames: numberOption('frames', values.frames, whole),
  };
  const model = values.model ?? 'shapes';
  const choice = await chooseModel(model);
  const folder = values.out === undefined ? await manifestFolder(model) : undefined;
  await makeFolder(folder ?? dirname(userPath(values.out ?? '')));
  const progress = new ProgressLine();
  await using session = await BrowserSession.open<HarnessApi>('cli/harness/main.ts', {
    onEvent: (event) => {
      const told = event as HarnessEvent;
      if (told.kind === 'progress') progress.show(told.progress);
    },
  });
  const measured = await session.call('calibrate', {
    model: choice.kind === 'folder' ? session.server.mount(choice.path) : choice.reference,
    policy,
    ...(values.variant !== undefined && { variant: values.variant }),
    prompts,
    distances,
    run,
  });
  progress.end();
  const artifact = choice.kind === 'folder' ? { ...measured, model: folderId(choice.path) } : measured;
  const file = folder ? join(folder, `${policy}-${artifact.steps}.json`) : userPath(values.out ?? '');
  await writeFile(file, format(artifact));
  console.log(`${prompts.length} prompts, ${artifact.steps} steps: ${file}`);
  if (folder) console.log('Now bring the manifest up to date: node scripts/manifest.mjs');
  return 0;
}

/** The folder of a model that lies in this repository. @throws {UsageError} for others: they need `--out`. */
async function manifestFolder(model: string): Promise<string> {
  const { models } = parseManifest(JSON.parse(await readFile(join(ROOT, 'weights-manifest.json'), 'utf8')));
  const url = models.find(({ id }) => id === model)?.url;
  if (url !== undefined && !URL.canParse(url)) return join(ROOT, url);
  throw new UsageError('--out FILE is missing: where the artifact shall be written.');
}

/** JSON with a line for each list of numbers. */
function format(artifact: Readonly<Record<string, unknown>>): string {
  const lists = /\[[^[\]{}]*\]/g;
  const json = JSON.stringify(artifact, null, 2);
  return `${json.replace(lists, (list) => (list.includes('"') ? list : list.replace(/\s+/g, ' ')))}\n`;
}
