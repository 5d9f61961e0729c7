import { join } from 'node:path';
import { summarizeRun } from '../src/summary/index.ts';
import { BrowserSession } from './browser.ts';
import { CommandError, PageError } from './errors.ts';
import { HELP, parseGenerate } from './generate-options.ts';
import type { HarnessApi, HarnessEvent } from './harness/api.ts';
import { chooseModel } from './model.ts';
import { whyNothingReused } from './nothing-reused.ts';
import { type ComparedReport, OutputFolder } from './output.ts';
import { forPage, readArtifact } from './policy-options.ts';
import { ProgressLine } from './progress.ts';

/** `generate --prompt TEXT --out DIR`. @returns the exit code. @throws {UsageError | CommandError} */
export async function run(args: readonly string[]): Promise<number> {
  const command = parseGenerate(args);
  if (!command) {
    console.log(HELP);
    return 0;
  }
  const model = await chooseModel(command.model);
  const folder = model.kind === 'folder' ? model.path : undefined;
  const policyOptions = await readArtifact(command.generate.policyOptions ?? {}, folder);
  await using output = await OutputFolder.create(command.out);
  const progress = new ProgressLine();
  await using session = await BrowserSession.open<HarnessApi>('cli/harness/main.ts', {
    onEvent: (event) => showEvent(progress, event as HarnessEvent),
  });
  const { name } = await session.call('adapter');
  console.log(`Adapter: ${name} (${session.browserVersion})`);
  const reference = model.kind === 'folder' ? session.server.mount(model.path) : model.reference;
  const options = folder === undefined ? policyOptions : forPage(policyOptions, folder, reference);
  const request = { ...command.generate, policyOptions: options };
  try {
    await session.call('load', { model: reference, ...command.load, firstRun: request });
    const generated = { ...(await session.call('generate', request)), model: command.model };
    const report = command.compare ? { ...generated, baseline: await session.call('baseline') } : generated;
    const video = await writeClip(session, output, report);
    progress.end();
    printSummary(output, report, video);
  } catch (error) {
    progress.end();
    throw error;
  }
  return 0;
}

/** Frames and report first: a browser without an encoder still leaves them. */
async function writeClip(
  session: BrowserSession<HarnessApi>,
  output: OutputFolder,
  report: ComparedReport,
): Promise<string> {
  for (let i = 0; i < report.frames; i++) {
    await output.writeFrame(i, report.width, report.height, await session.call('frame', i));
  }
  await output.writeReport(report);
  const video = await session.call('video').catch(async (error: unknown) => {
    if (!(error instanceof PageError)) throw error;
    await output.publish();
    const written = `${join(output.path, 'frames')} and report.json are written, but no video.`;
    throw new CommandError(`${error.name}: ${error.message} ${written}`);
  });
  const path = await output.writeVideo(video);
  await output.publish();
  return path;
}

function showEvent(progress: ProgressLine, event: HarnessEvent): void {
  if (event.kind === 'progress') progress.show(event.progress);
  else if (event.kind === 'warning') progress.note(`warning: ${event.message}`);
}

function printSummary({ path }: OutputFolder, report: ComparedReport, video: string): void {
  const { load, compile } = report.seconds;
  for (const warning of report.warnings) console.error(`warning: ${warning}`);
  console.log(`Loading: ${load.toFixed(2)} s, compiling meanwhile ${compile.toFixed(2)} s.`);
  for (const sentence of summarizeRun(report).sentences) console.log(sentence);
  const { policy, schedule, sites, baseline } = report;
  if (policy.name !== 'none') {
    for (const [branch, digits] of Object.entries(schedule)) console.log(`  ${branch.padEnd(7)}${digits}`);
    // What went another way than the schedule: blocks or sub-layers that were decided for themselves.
    for (const { key, site, digits } of sites) {
      if (digits !== schedule[key]) console.log(`  ${`${key} ${site}`.padEnd(32)}${digits}`);
    }
    const why = whyNothingReused(report);
    if (why) console.log(why);
  }
  if (baseline) {
    const denoise = `denoise ${baseline.denoiseSeconds.toFixed(2)} s, speedup ${baseline.speedup.toFixed(2)}`;
    console.log(`Without a policy: ${denoise}, PSNR ${baseline.psnr.toFixed(1)} dB, SSIM ${baseline.ssim.toFixed(3)}`);
  }
  console.log(`${report.frames} frames of ${report.width} x ${report.height}, seed ${report.seed}: ${video}`);
  console.log(`Frames and report: ${path}`);
}
