import { describe, expect, test } from 'vitest';
import { EMBEDDED } from '../../../demo/state/embedded.ts';
import { estimateSeconds } from '../../../demo/state/estimate.ts';
import { FIRST_SETTINGS, toRequest } from '../../../demo/state/settings.ts';
import type { Report } from '../../../src/index.ts';

const request = toRequest(FIRST_SETTINGS);
const transformer = { name: 'transformer', className: 'WanTransformer3DModel', parameters: 7.5e6, bytes: 15e6 };
const model = { info: { id: 'shapes', parts: [transformer], tokens: 80 }, defaults: EMBEDDED.defaults };

/** What is taken of a run that reused every other step. */
function run(some: Partial<Report> = {}): { model: string; report: Report } {
  const report = {
    width: 128,
    height: 128,
    frames: 17,
    guidanceScale: 4,
    stepSeconds: [0.4, 0.01, 0.4, 0.01],
    schedule: { cond: '1010' },
    seconds: { load: 1, compile: 1, text: 0.5, denoise: 0.82, decode: 2 },
    ...some,
  } as Report;
  return { model: 'shapes', report };
}

describe('an estimate', () => {
  test('without a run is rough, and near what was measured on two cores', () => {
    const { seconds, source } = estimateSeconds(request, model, [], 2);
    expect(source).toBe('rough');
    // 10.5 s of steps, 4.1 s of compiling and 1.8 s of decoding, with SwiftShader.
    expect(seconds).toBeGreaterThan(12);
    expect(seconds).toBeLessThan(22);
  });

  test('after a run takes its computed steps, and its decoding', () => {
    const { seconds, source } = estimateSeconds(request, model, [run()], 2);
    expect(source).toBe('measured');
    expect(seconds).toBeCloseTo(30 * 0.4 + 2 + 0.5);
  });

  test('grows with steps, pixels, frames and the second branch', () => {
    const at = (some: object) => estimateSeconds({ ...request, ...some }, model, [run()], 2).seconds;
    const steps = 30 * 0.4;
    expect(at({ steps: 60 })).toBeCloseTo(2 * steps + 2.5);
    expect(at({ width: 256 })).toBeCloseTo(2 * (steps + 2) + 0.5);
    expect(at({ frames: 5 })).toBeCloseTo((2 / 5) * (steps + 2) + 0.5);
    expect(at({ guidanceScale: 1 })).toBeCloseTo(steps / 2 + 2.5);
  });

  test('takes nothing from runs of another model', () => {
    expect(estimateSeconds(request, model, [{ ...run(), model: 'another' }], 2).source).toBe('rough');
  });
});
