import { readdir, readFile, stat } from 'node:fs/promises';
import { predictSchedule } from 'stillframe/policies';
import { expect, test } from 'vitest';
import { gridOf } from '../../../demo/cache-view/grid.ts';
import { recordOf } from '../../../demo/cache-view/record.ts';
import { recordingFor, withThreshold } from '../../../demo/cache-view/recording.ts';
import { storyOf } from '../../../demo/cache-view/story.ts';
import { FORMAT } from '../../../demo/recorded/format.ts';
import type { ExampleFile } from '../../../demo/state/example.ts';
import { FIRST_SETTINGS, toRequest } from '../../../demo/state/settings.ts';

const folder = new URL('../../../demo/public/example/', import.meta.url);

// Where this fails after a change of reports or of the first prompt: scripts/record-example.ts.
test('the recorded example is of this page: its first settings, in the form that it draws', async () => {
  const { run, baseline } = JSON.parse(await readFile(new URL('example.json', folder), 'utf8')) as ExampleFile;
  expect([run.format, baseline.format]).toEqual([FORMAT, FORMAT]);
  expect(run.request).toEqual(toRequest(FIRST_SETTINGS));
  expect(run.report.blocks.reused).toBeGreaterThan(0);
  expect(run.measured?.baseline).toBe(baseline.key);
  for (const { report } of [run, baseline]) {
    const grid = gridOf(recordOf(report), 'cond');
    expect(grid.cells).toHaveLength(report.steps);
    expect(grid.cells.flat().filter(({ kind }) => kind === 'pending')).toEqual([]);
    expect(storyOf(recordOf(report)).digits).toBe(report.schedule.cond);
  }
  // The threshold can be dragged, and its own gives what was run.
  const recording = recordingFor(run.report, baseline.report);
  const policy = withThreshold(run.report.policy, run.report.scores);
  if (!policy) throw new Error('the example has no threshold to drag');
  expect(predictSchedule(recording, policy).schedule).toEqual(run.report.schedule);
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (name) => (await stat(new URL(name, folder))).size),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(120_000);
});
