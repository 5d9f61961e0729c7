import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  finished,
  loadedModel,
  type ScriptedEngine,
  type ScriptedWorker,
  stopped,
  stubWorkers,
} from './worker-support.ts';

// The page's state is made anew for each test: it begins when its modules are first read.
let workers: ScriptedWorker[];
let session: typeof import('../../../demo/state/session.ts');
let state: typeof import('../../../demo/state/model.ts') &
  typeof import('../../../demo/state/runs.ts') &
  typeof import('../../../demo/state/live.ts') &
  typeof import('../../../demo/state/phases.ts') &
  typeof import('../../../demo/state/problem.ts');

beforeEach(async () => {
  vi.resetModules();
  workers = stubWorkers();
  session = await import('../../../demo/state/session.ts');
  const modules = [
    await import('../../../demo/state/model.ts'),
    await import('../../../demo/state/runs.ts'),
    await import('../../../demo/state/live.ts'),
    await import('../../../demo/state/phases.ts'),
    await import('../../../demo/state/problem.ts'),
  ] as const;
  state = Object.assign({}, ...modules);
});
afterEach(() => vi.unstubAllGlobals());

function engine(): ScriptedEngine {
  const newest = workers.at(-1);
  if (!newest) throw new Error('no worker was started');
  return newest.engine;
}

const until = (what: () => unknown) => vi.waitUntil(what);

/** What is on its way between page and worker arrives. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

/** The page with its first model loaded. */
async function ready(): Promise<void> {
  session.begin();
  await until(() => engine().loads[0]);
  engine().loads[0]?.end.resolve(loadedModel('shapes'));
  await until(() => state.loaded.value);
}

/** Generates, and lets the worker make a clip of that number. */
async function makeRun(clip: number): Promise<void> {
  const before = engine().runs.length;
  const done = session.generate();
  await until(() => engine().runs[before]);
  engine().runs[before]?.end.resolve(finished(clip));
  await done;
}

describe('another model is opened while the first one loads', () => {
  async function overlap() {
    session.begin();
    await until(() => engine().loads[0]);
    const opening = session.openModel('other');
    await until(() => engine().loads[1]);
    await settled();
    return { first: engine().loads[0], second: engine().loads[1], opening };
  }

  test('the end of the first says nothing, and the second is waited for', async () => {
    const { second, opening } = await overlap();
    expect(state.model.value).toMatchObject({ kind: 'loading' });
    expect(session.status.value).toBe('Opening the model.');
    second?.end.resolve(loadedModel('other'));
    await opening;
    expect(state.loaded.value?.info.id).toBe('other');
    // It is loaded, and not begun again.
    await makeRun(1);
    expect(engine().loads).toHaveLength(2);
    expect(state.problem.value).toBeUndefined();
  });

  test('what the first still tells is not taken in', async () => {
    const { first, second, opening } = await overlap();
    const tell = (loaded: number) => ({
      kind: 'progress' as const,
      progress: { phase: 'download' as const, loaded, total: 999 },
    });
    first?.tell(tell(111));
    await settled();
    expect(state.model.value).toEqual({ kind: 'loading' });
    expect(state.phases.value).toEqual({});
    second?.tell(tell(222));
    await until(() => state.phases.value.download);
    expect(state.phases.value.download?.loaded).toBe(222);
    second?.end.resolve(loadedModel('other'));
    await opening;
    first?.tell(tell(333));
    await settled();
    expect(state.loaded.value?.info.id).toBe('other');
  });

  test('the first is done just before: the second has the last word all the same', async () => {
    session.begin();
    await until(() => engine().loads[0]);
    engine().loads[0]?.end.resolve(loadedModel('shapes'));
    const opening = session.openModel('other');
    await until(() => engine().loads[1]);
    await settled();
    expect(state.model.value).toMatchObject({ kind: 'loading' });
    engine().loads[1]?.end.resolve(loadedModel('other'));
    await opening;
    expect(state.loaded.value?.info.id).toBe('other');
  });

  test('the second fails: that is said, and tried again', async () => {
    const { second, opening } = await overlap();
    second?.end.reject(new Error('no such folder'));
    await opening;
    expect(state.model.value).toMatchObject({ kind: 'failed' });
    expect(state.problem.value?.message).toBe('no such folder');
    void session.generate();
    await until(() => engine().loads[2]);
    expect(engine().loads[2]?.model).toBe('other');
  });
});

describe('a stop', () => {
  test('that the worker hears of too late leaves no clip', async () => {
    await ready();
    const done = session.generate();
    await until(() => engine().runs[0]);
    await session.stop();
    engine().runs[0]?.end.resolve(finished(1));
    await done;
    await until(() => engine().released.length);
    expect(engine().released).toEqual([1]);
    expect(state.runs.value).toEqual([]);
    expect(session.status.value).toBe('Stopped.');
    expect(state.live.value).toBeUndefined();
  });

  test('while two clips are compared ends the comparison, and what would come after it', async () => {
    await ready();
    await makeRun(1);
    const comparing = session.tryFewerSteps(1);
    await until(() => engine().runs[1]);
    engine().runs[1]?.end.resolve(finished(2));
    await until(() => engine().runs[2]);
    engine().runs[2]?.end.resolve(finished(3));
    await until(() => engine().comparisons[0]);
    await session.stop();
    engine().comparisons[0]?.resolve({ psnr: 40, ssim: 1, framePsnr: [], frameSsim: [] } as never);
    await comparing;
    expect(session.status.value).toBe('Stopped.');
    expect(state.runs.value.every(({ measured }) => !measured)).toBe(true);
    expect(engine().comparisons).toHaveLength(1);
  });

  test('of a load that a run waits for is said once, and the next run loads again', async () => {
    session.begin();
    await until(() => engine().loads[0]);
    const done = session.generate();
    await session.stop();
    engine().loads[0]?.end.reject(stopped());
    await done;
    expect(session.status.value).toBe('Stopped.');
    expect(session.isBusy.value).toBe(false);
    void session.generate();
    await until(() => engine().loads[1]);
  });
});

test('a run is not dropped while something is under way, which may need it', async () => {
  await ready();
  await makeRun(1);
  void session.compare(1);
  await until(() => engine().runs[1]);
  session.remove(1);
  expect(state.runs.value).toHaveLength(1);
  await session.stop();
});

describe('what is lost on the way', () => {
  test('the worker, in a run: it is said, nothing hangs, and the next run starts another', async () => {
    await ready();
    await makeRun(1);
    const done = session.generate();
    await until(() => engine().runs[1]);
    workers[0]?.fail('error', 'out of memory');
    await done;
    expect(session.isBusy.value).toBe(false);
    expect(state.problem.value).toMatchObject({ name: 'WorkerError' });
    expect(state.problem.value?.message).toContain('Generate again');
    expect(state.model.value).toMatchObject({ kind: 'failed', isHopeless: false });
    const again = session.generate();
    await until(() => workers[1]?.engine.loads[0]);
    expect(state.problem.value).toBeUndefined();
    engine().loads[0]?.end.resolve(loadedModel('shapes'));
    await until(() => engine().runs[0]);
    engine().runs[0]?.end.resolve(finished(2));
    await again;
    expect(state.runs.value.map(({ clip }) => clip)).toEqual([1, 2]);
    const [first] = state.runs.value;
    expect(first && state.isOnGpu(first)).toBe(false);
  });

  test('the worker, before it says anything: Stop comes back as well', async () => {
    session.begin();
    const done = session.generate();
    await settled();
    const stopping = session.stop();
    workers[0]?.fail('error');
    await Promise.all([done, stopping]);
    expect(session.isBusy.value).toBe(false);
    expect(session.status.value).not.toBe('Generating.');
  });

  test('the device, while a clip is encoded: the next run gets a new one', async () => {
    await ready();
    await makeRun(1);
    const lost = Object.assign(new Error('The device was lost.'), { name: 'DeviceLostError' });
    engine().encode = () => Promise.reject(lost);
    const [run] = state.runs.value;
    if (!run) throw new Error('no run');
    await expect(session.encode(run)).rejects.toThrow('lost');
    expect(state.model.value).toMatchObject({ kind: 'failed', isHopeless: false });
    void session.generate();
    await until(() => engine().loads[1]);
  });
});
