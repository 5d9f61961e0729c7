import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EngineClient } from '../../../demo/engine/client.ts';
import { finished, loadedModel, type ScriptedWorker, stubWorkers } from './worker-support.ts';

let workers: ScriptedWorker[];

beforeEach(() => {
  workers = stubWorkers();
});
afterEach(() => vi.unstubAllGlobals());

const REQUEST = { prompt: 'a red circle' };
const nobody = () => {};

/** Every call that there is. */
const CALLS: readonly (readonly [name: string, call: (client: EngineClient) => Promise<unknown>])[] = [
  ['load', (client) => client.load('shapes', nobody)],
  ['generate', (client) => client.generate(REQUEST, nobody)],
  ['inspect', (client) => client.inspect('shapes')],
  ['plan', (client) => client.plan(REQUEST)],
  ['compare', (client) => client.compare(1, 2)],
  ['encode', (client) => client.encode(1)],
];

/** The worker has said something. */
async function answered(worker: ScriptedWorker | undefined, client: EngineClient): Promise<void> {
  await client.stop();
  expect(worker?.engine.stops).toBe(1);
}

describe('a worker that fails ends every call that waits for it, and every later one', () => {
  test.each(CALLS)('%s', async (_, call) => {
    const client = new EngineClient();
    await answered(workers[0], client);
    const waiting = call(client);
    workers[0]?.fail('error', 'out of memory');
    await expect(waiting).rejects.toThrow('The worker that runs the model failed: out of memory. Generate again');
    await expect(client.plan(REQUEST)).rejects.toMatchObject({ name: 'WorkerError' });
    await expect(client.stop()).rejects.toMatchObject({ name: 'WorkerError' });
    expect(workers[0]?.isTerminated).toBe(true);
  });

  test('because its script does not load', async () => {
    const client = new EngineClient();
    const waiting = client.load('shapes', nobody);
    workers[0]?.fail('error');
    await expect(waiting).rejects.toThrow(
      /did not start: its script could not be loaded, or may not run here\. .*reload/,
    );
  });

  test('because the page may start none, which some browsers throw', async () => {
    const client = new EngineClient(() => {
      throw new DOMException('Refused by the content security policy.', 'SecurityError');
    });
    await expect(client.load('shapes', nobody)).rejects.toThrow(
      'did not start: Refused by the content security policy. Generate',
    );
    await expect(client.plan(REQUEST)).rejects.toMatchObject({ name: 'WorkerError' });
  });

  test('because an answer cannot be read', async () => {
    const client = new EngineClient();
    await answered(workers[0], client);
    const waiting = client.encode(1);
    workers[0]?.fail('messageerror');
    await expect(waiting).rejects.toThrow('what it sent could not be read');
  });

  test('a call that cannot be sent ends alone', async () => {
    const client = new EngineClient();
    const waiting = client.plan({ prompt: (() => {}) as unknown as string });
    await expect(waiting).rejects.toThrow(/could not be cloned/);
    await answered(workers[0], client);
  });
});

describe('after a failure', () => {
  test('the next load starts a new worker, and clips keep their numbers', async () => {
    const client = new EngineClient();
    const run = client.generate(REQUEST, nobody);
    await answered(workers[0], client);
    workers[0]?.engine.runs[0]?.end.resolve(finished(7));
    await run;
    workers[0]?.fail('error', 'gone');
    expect(workers).toHaveLength(1);
    const load = client.load('shapes', nobody);
    await answered(workers[1], client);
    expect(workers[1]?.engine.lastClip).toBe(7);
    workers[1]?.engine.loads[0]?.end.resolve(loadedModel('shapes'));
    expect((await load).info.id).toBe('shapes');
  });
});
