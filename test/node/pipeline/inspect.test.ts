import { expect, it } from 'vitest';
import { inspectModel, noStore, sourceFromFiles, type WeightSource } from '../../../src/index.ts';
import { fakeAdapter, fakeDevice } from '../../support/fake-device.ts';
import { modelFiles } from '../../support/model-files.ts';

const files = await modelFiles('shapes');

/** The embedded model; at its n-th read it calls back, and answers only if told. It takes no notice of signals. */
function interrupted(at: number, onRead: () => Promise<void>): WeightSource & { reads: number } {
  const real = sourceFromFiles(files);
  const source = {
    label: real.label,
    origin: real.origin,
    reads: 0,
    async open(path: string, range?: { start: number; end?: number }) {
      if (++source.reads === at) await onRead();
      return real.open(path, range);
    },
    async list(folder: string) {
      if (++source.reads === at) await onRead();
      return (await real.list?.(folder)) ?? [];
    },
  };
  return source;
}

const never = new Promise<void>(() => {});

it('inspectModel stops at an abort in any of its reads, answered or not, and lets go of the device', async () => {
  const counted = interrupted(0, async () => {});
  await inspectModel(counted, { device: fakeDevice(), store: noStore });
  expect(counted.reads).toBeGreaterThan(10);
  for (let at = 1; at <= counted.reads; at++) {
    for (const answer of [Promise.resolve(), never]) {
      const device = fakeDevice();
      const controller = new AbortController();
      const reason = new Error(`stopped in read ${at}`);
      const source = interrupted(at, () => {
        controller.abort(reason);
        return answer;
      });
      const options = { adapter: fakeAdapter(device), store: noStore, signal: controller.signal };
      await expect(inspectModel(source, options)).rejects.toBe(reason);
      expect(device.isDestroyed).toBe(true);
    }
  }
});

it('inspectModel does not begin with a signal that is aborted, and asks for no device', async () => {
  const device = fakeDevice();
  const adapter = fakeAdapter(device);
  adapter.requestDevice = () => {
    throw new Error('asked for');
  };
  const source = interrupted(0, async () => {});
  const reason = new Error('stop');
  await expect(inspectModel(source, { adapter, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(source.reads).toBe(0);
});
