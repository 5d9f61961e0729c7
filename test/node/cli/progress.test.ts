import { expect, test } from 'vitest';
import { ProgressLine } from '../../../cli/progress.ts';

/** A terminal, or a log, that keeps what is written, and a clock. */
function watched(isTTY: boolean, columns = 120) {
  const written: string[] = [];
  const clock = { milliseconds: 0 };
  const terminal = { isTTY, columns, write: (text: string) => written.push(text) };
  return { written, clock, progress: new ProgressLine(terminal, () => clock.milliseconds) };
}

test('on a terminal it is one line that is written over, with the time left', () => {
  const { written, clock, progress } = watched(true);
  for (let loaded = 0; loaded <= 4; loaded++) {
    clock.milliseconds = loaded * 30_000;
    progress.show({ phase: 'denoise', loaded, total: 4 });
  }
  expect(written).toEqual([
    '\r\x1b[Kdenoise: 0 of 4 steps',
    '\r\x1b[Kdenoise: 1 of 4 steps, 1 min 30 s left',
    '\r\x1b[Kdenoise: 2 of 4 steps, 1 min 0 s left',
    '\r\x1b[Kdenoise: 3 of 4 steps, 30 s left',
    '\r\x1b[Kdenoise: 4 of 4 steps',
  ]);
  progress.note('warning: a full cache');
  expect(written.slice(5)).toEqual(['\r\x1b[K', 'warning: a full cache\n']);
});

test('phases that go on at once share the line, which never wraps', () => {
  const { written, clock, progress } = watched(true, 60);
  progress.show({ phase: 'download', loaded: 0, total: 20e6, from: 'network' });
  clock.milliseconds = 2000;
  progress.show({ phase: 'compile', loaded: 5, total: 120 });
  progress.show({ phase: 'download', loaded: 10e6, total: 20e6, from: 'network' });
  expect(written.at(-1)).toBe('\r\x1b[Kdownload: 10.0 of 20.0 MB from network, 2 s left · compile:');
  progress.show({ phase: 'download', loaded: 20e6, total: 20e6, from: 'network' });
  progress.show({ phase: 'compile', loaded: 6, total: 120 });
  expect(written.at(-1)).toBe('\r\x1b[Kcompile: 6 of 120 kernels');
});

test('in a log there is a line for each phase, and one more every five seconds', () => {
  const { written, clock, progress } = watched(false);
  for (let loaded = 0; loaded <= 10; loaded++) {
    clock.milliseconds = loaded * 1000;
    progress.show({ phase: 'denoise', loaded, total: 10 });
  }
  progress.end();
  expect(written).toEqual([
    'denoise: 0 of 10 steps\n',
    'denoise: 5 of 10 steps, 5 s left\n',
    'denoise: 10 of 10 steps\n',
  ]);
});
