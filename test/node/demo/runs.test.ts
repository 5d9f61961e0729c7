import { beforeEach, describe, expect, test } from 'vitest';
import type { LoadedModel } from '../../../demo/engine/protocol.ts';
import { baselineRequest, controlRequest } from '../../../demo/state/controls.ts';
import { choice, model } from '../../../demo/state/model.ts';
import {
  addRun,
  baselineFor,
  controlFor,
  isOnGpu,
  runs,
  setMeasured,
  shownBaseline,
  shownControl,
  shownId,
} from '../../../demo/state/runs.ts';
import { newRun, REPORT } from './runs-support.ts';

/** What is loaded counts by identity only. */
function loadSomething(): void {
  model.value = { kind: 'ready', loaded: {} as LoadedModel };
}

beforeEach(() => {
  runs.value = [];
  shownId.value = undefined;
  loadSomething();
});

test('a number is not given again after its run was dropped', () => {
  addRun(newRun());
  const { id } = addRun(newRun());
  runs.value = runs.value.filter((run) => run.id !== id);
  expect(addRun(newRun()).id).toBe(id + 1);
});

test('a run knows whether its model is the user’s own', () => {
  expect(addRun(newRun()).isOwnModel).toBe(false);
  const before = choice.value;
  choice.value = [];
  expect(addRun(newRun()).isOwnModel).toBe(true);
  choice.value = before;
});

describe('what a run is compared with', () => {
  const addBaseline = () => addRun(newRun({ role: 'baseline', request: baselineRequest(newRun()) }));

  test('a baseline of the same request; a run without caching is none', () => {
    const run = addRun(newRun());
    expect(baselineFor(run)).toBeUndefined();
    addRun(newRun({ request: baselineRequest(newRun()) }));
    expect(baselineFor(run)).toBeUndefined();
    const { id } = addBaseline();
    expect(baselineFor(run)?.id).toBe(id);
    expect(baselineFor(addRun(newRun({ request: { ...run.request, seed: 8 } })))).toBeUndefined();
  });

  test('not after the model was loaded anew: the clips are gone from the GPU', () => {
    addBaseline();
    const old = addRun(newRun());
    expect(isOnGpu(old)).toBe(true);
    loadSomething();
    expect(isOnGpu(old)).toBe(false);
    expect(baselineFor(addRun(newRun()))).toBeUndefined();
    expect(baselineFor(old)).toBeDefined();
  });

  test('the control computes as many blocks, and has none itself', () => {
    const run = addRun(newRun());
    const control = addRun(newRun({ role: 'control', request: controlRequest(run) }));
    expect(control.request.policyOptions).toEqual({ share: 0.5 });
    expect(controlFor(run)?.id).toBe(control.id);
    expect(controlFor(control)).toBeUndefined();
    const fewer = { ...REPORT, blocks: { computed: 60, reused: 180 } };
    expect(controlFor(addRun(newRun({ report: fewer })))).toBeUndefined();
  });

  test('the shown run brings its baseline and its control along, until they are dropped', () => {
    const run = addRun(newRun());
    const baseline = addBaseline();
    const control = addRun(newRun({ role: 'control', request: controlRequest(run) }));
    shownId.value = run.id;
    expect(shownBaseline.value).toBeUndefined();
    setMeasured(run.id, { baseline: baseline.id, speedup: 2, psnr: 40, ssim: 0.99, framePsnr: [], frameSsim: [] });
    expect(shownBaseline.value?.id).toBe(baseline.id);
    expect(shownControl.value?.id).toBe(control.id);
    runs.value = runs.value.filter(({ role }) => role === 'run');
    expect(shownBaseline.value).toBeUndefined();
    expect(shownControl.value).toBeUndefined();
  });
});
