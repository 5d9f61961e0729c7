import { describe, expect, test } from 'vitest';
import { caseBranches, caseOptions, caseSettings, recordedProbes } from '../../../src/conformance/caching-case.ts';
import { type Golden, goldenInput } from '../../../src/conformance/golden.ts';

const SETTINGS = { prompt: 'a red circle', seed: 7, steps: 3, guidance_scale: 1, interval: 2, tailMode: 'index-half' };
const SCHEDULES = { 'feature.0.0': { cond: '111' }, 'feature.1.0': { cond: '110' }, 'feature.inf': { cond: '110' } };

function golden(tensors: readonly string[], settings: unknown = { ...SETTINGS, schedules: SCHEDULES }): Golden {
  const tensor = { shape: [3, 2], values: new Float32Array(6) };
  const metadata = { settings: JSON.stringify(settings) };
  return { file: 'case-0.safetensors', tensors: new Map(tensors.map((name) => [name, tensor])), metadata };
}

describe('a recorded case', () => {
  test('has its thresholds under the names that Python gave them', () => {
    const recorded = golden(['scores.feature.cond']);
    const [probe] = recordedProbes(recorded, caseSettings(recorded));
    expect(probe?.thresholds).toEqual([
      { key: 'feature.0.0', threshold: 0 },
      { key: 'feature.1.0', threshold: 1 },
      { key: 'feature.inf', threshold: Number.POSITIVE_INFINITY },
    ]);
  });

  test('has the branches that scores are recorded of', () => {
    expect(caseBranches(golden(['scores.feature.cond']))).toEqual(['cond']);
    expect(caseBranches(golden(['scores.feature.cond', 'scores.feature.uncond']))).toEqual(['cond', 'uncond']);
  });

  test('has the options of BWCache that its settings name, and no others', () => {
    const settings = caseSettings(golden([], { ...SETTINGS, repeatable: true, threshold: 9, schedules: {} }));
    expect(caseOptions(settings)).toEqual({ interval: 2, tailMode: 'index-half', repeatable: true });
  });

  test.each([
    null,
    { ...SETTINGS },
    { ...SETTINGS, schedules: null },
    { ...SETTINGS, schedules: {}, steps: 2.5 },
    { ...SETTINGS, schedules: {}, guidance_scale: '4' },
  ])('is refused with settings %j', (settings) => {
    expect(() => caseSettings(golden([], settings))).toThrow(/no settings with steps/);
  });

  test.each([
    ['none', []],
    ['those of its schedules', ['scores.modulated.cond']],
    ['those of a branch', ['scores.feature.cond', 'scores.modulated.cond', 'scores.modulated.uncond']],
  ])('is refused without scores: %s', (_, tensors) => {
    const recorded = golden(tensors);
    expect(() => recordedProbes(recorded, caseSettings(recorded))).toThrow(/has no scores\.feature\.\w*cond/);
  });
});

test('a recorded tensor of another shape is refused, with both', () => {
  const recorded = golden(['in.latents']);
  expect(goldenInput(recorded, 'in.latents', ['any', 2]).shape).toEqual([3, 2]);
  expect(() => goldenInput(recorded, 'in.latents', ['any', 4])).toThrow('in.latents is [3, 2], not [any, 4].');
  expect(() => goldenInput(recorded, 'in.latents', [3])).toThrow('in.latents is [3, 2], not [3].');
});
