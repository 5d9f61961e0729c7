import { describe, expect, test } from 'vitest';
import { parsePolicies } from '../../../bench/policies/options.ts';
import { plotPolicies } from '../../../bench/policies/plot.ts';
import type { SettingRun } from '../../../bench/policies/runs.ts';
import {
  CONTROL,
  describeOptions,
  SETTINGS,
  unnamedPolicies,
  usableSettings,
} from '../../../bench/policies/settings.ts';
import { controlAt, summarize } from '../../../bench/policies/summary.ts';
import { UsageError } from '../../../cli/errors.ts';

const quality = (value: number) => ({ psnr: value, worstPsnr: value - 10, ssim: value / 100 });

describe('the control at the same time', () => {
  const controls = [
    { speedup: 4, ...quality(30) },
    { speedup: 2, ...quality(40) },
  ];

  test('lies between its nearest settings, in proportion to time', () => {
    // Of a half and a quarter of the time, three eighths is the middle: a speedup of 8/3, not of 3.
    const { psnr, worstPsnr, ssim } = controlAt(8 / 3, controls) ?? {};
    expect([psnr, worstPsnr, ssim]).toEqual([35, 25, 0.35].map((value) => expect.closeTo(value, 9)));
    expect(controlAt(2, controls)).toEqual(quality(40));
    expect(controlAt(4, controls)).toEqual(quality(30));
  });

  test('is not made up where nothing was measured', () => {
    expect(controlAt(1.9, controls)).toBeUndefined();
    expect(controlAt(4.1, controls)).toBeUndefined();
    expect(controlAt(2, [])).toBeUndefined();
  });
});

/** A run that computed so many of 100 blocks in so many of 10 seconds. */
function run(computed: number, denoiseSeconds: number, psnr: number): SettingRun {
  const blocks = { computed, reused: 100 - computed };
  const compared = { denoiseSeconds, cacheBytes: 0, schedule: {}, psnr, ssim: psnr / 100 };
  return { prompt: '', seed: 0, blocks, ...compared, baselineBlocks: 100, baselineSeconds: 10 };
}

test('a setting is summed up over its prompts', () => {
  const [summary] = summarize([{ policy: 'bwcache', policyOptions: {}, runs: [run(40, 4, 40), run(60, 6, 20)] }]);
  const expected = {
    computedShare: 0.5,
    idealSpeedup: 2,
    speedup: 2,
    psnr: 30,
    worstPsnr: 20,
    ssim: expect.closeTo(0.3, 9),
  };
  expect(summary).toEqual({ policy: 'bwcache', policyOptions: {}, ...expected });
});

test('the control is set beside every policy but itself', () => {
  const share = (value: number) => ({ policy: CONTROL, policyOptions: { share: value } });
  const summaries = summarize([
    { ...share(0.5), runs: [run(50, 5, 30)] },
    { ...share(0.25), runs: [run(25, 2.5, 20)] },
    { policy: 'bwcache', policyOptions: {}, runs: [run(50, 3.75, 28)] },
  ]);
  expect(summaries.map(({ control }) => control?.psnr)).toEqual([undefined, undefined, 25]);
});

test('policies that are not built, and settings that they refuse, are left out with a note', () => {
  const fine = { policy: 'bwcache', policyOptions: { threshold: 0.1 } };
  const unknown = [1, 2].map((tau) => ({ policy: 'magic', policyOptions: { tau } }));
  const refused = { policy: 'bwcache', policyOptions: { threshold: -1 } };
  const { usable, notes } = usableSettings([...unknown, fine, refused]);
  expect(usable).toEqual([fine]);
  expect(notes).toEqual([
    'magic is left out: it is not built.',
    expect.stringContaining('A setting of bwcache is left out: policyOptions.threshold is -1.'),
  ]);
});

test('a policy that a table does not name runs with its defaults', () => {
  const settings = [{ policy: CONTROL, policyOptions: { share: 0.5 } }];
  expect(unnamedPolicies(settings)).toContainEqual({ policy: 'bwcache', policyOptions: {} });
  expect(unnamedPolicies(settings).map(({ policy }) => policy)).not.toContain('none');
  const added = unnamedPolicies(SETTINGS.full).map(({ policy }) => policy);
  for (const { policy } of SETTINGS.full) expect(added).not.toContain(policy);
});

test.each(Object.entries(SETTINGS))('the table %s has the control and a policy to compare it with', (_, settings) => {
  const { usable } = usableSettings(settings);
  expect(usable.filter(({ policy }) => policy === CONTROL).length).toBeGreaterThan(1);
  expect(usable.some(({ policy }) => policy === 'bwcache')).toBe(true);
  expect(new Set(settings.map((setting) => setting.policy + describeOptions(setting))).size).toBe(settings.length);
});

test('the plot names each policy and each point', () => {
  const summaries = summarize([
    { policy: CONTROL, policyOptions: { share: 0.5 }, runs: [run(50, 5, 30)] },
    { policy: 'bwcache', policyOptions: { threshold: 0.08 }, runs: [run(40, 4, 35)] },
  ]);
  const svg = plotPolicies(summaries, '<2 prompts>');
  expect(svg).toContain('&lt;2 prompts&gt;');
  for (const text of ['>fewer-steps<', '>bwcache<', '>threshold=0.08<', '>share=0.5<', 'prefers-color-scheme: dark']) {
    expect(svg).toContain(text);
  }
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});

describe('options', () => {
  test('have defaults', () => {
    expect(parsePolicies({})).toEqual({ prompts: 8, steps: 30, settings: 'full' });
    expect(parsePolicies({ settings: 'quick' }).prompts).toBe(2);
  });

  test.each([{ prompts: '0' }, { prompts: '17' }, { steps: '1' }, { settings: 'slow' }])('%j is refused', (values) => {
    expect(() => parsePolicies(values)).toThrow(UsageError);
  });
});
