import { type Clip, NoWebGpuError } from '../src/index.ts';
import { Downloads } from './downloads.ts';
import { clearProblem, showProblem, showSoftwareNotice } from './notices.ts';
import { Player } from './player.ts';
import { ProgressList } from './progress.ts';
import { showReport } from './report.ts';
import { Session } from './session.ts';
import { type Settings, SettingsForm } from './settings.ts';

const progress = new ProgressList();
const player = new Player();
const downloads = new Downloads(showProblem);
const session = new Session((now) => progress.show(now));
const form = new SettingsForm({ start, stop: () => running?.abort() });
let running: AbortController | undefined;
let shown: Clip | undefined;

// Weights come while the prompt is written.
session.load().then(({ capabilities }) => {
  if (capabilities.software) showSoftwareNotice();
  progress.say('Ready.');
}, fail);

async function start(settings: Settings): Promise<void> {
  running = new AbortController();
  form.setRunning(true);
  clearProblem();
  progress.reset();
  progress.say('Waiting for the weights.');
  try {
    await show(await session.generate(settings, running.signal));
    progress.end('Done.');
  } catch (error) {
    if (running.signal.aborted) progress.end('Stopped.');
    else fail(error);
  } finally {
    running = undefined;
    form.setRunning(false);
  }
}

async function show(clip: Clip): Promise<void> {
  shown?.dispose();
  shown = clip;
  await player.show(clip);
  downloads.offer(clip);
  showReport(clip.report);
}

function fail(error: unknown): void {
  progress.end('It did not work.');
  showProblem(error);
  if (error instanceof NoWebGpuError) form.disable();
}
