import { describePolicies } from 'stillframe/policies';
import { describe, expect, test } from 'vitest';
import { EMBEDDED } from '../../../demo/state/embedded.ts';
import { fromQuery } from '../../../demo/state/link.ts';
import {
  baseValue,
  defaultPolicy,
  findPolicy,
  fromText,
  policyGroups,
  settle,
  toText,
  withOption,
  withSteps,
} from '../../../demo/state/policies.ts';
import { FIRST_SETTINGS, fromRequest, type Settings, toRequest } from '../../../demo/state/settings.ts';
import { configurePolicy } from '../../../src/cache/index.ts';
import { withPreset } from '../../../src/pipeline/policy-presets.ts';
import type { ModelEntry } from '../../../src/weights/manifest.ts';

const { presets } = EMBEDDED;

const CASES: readonly Pick<Settings, 'policy' | 'preset' | 'policyOptions'>[] = [
  ...describePolicies().map(({ name }) => ({ policy: name, policyOptions: {} })),
  ...['slow', 'balanced', 'fast'].map((preset) => ({ policy: 'bwcache', preset, policyOptions: {} })),
  { policy: 'bwcache', preset: 'fast', policyOptions: { interval: 3 } },
  { policy: 'bwcache', policyOptions: { threshold: 0.2 } },
  { policy: 'smoothcache', policyOptions: { lookahead: 2 } },
];

test('the form offers every method once, in a group with a heading', () => {
  const offered = policyGroups().flatMap(({ policies }) => policies.map(({ name }) => name));
  const names = describePolicies().map(({ name }) => name);
  expect(offered.toSorted()).toEqual(names.toSorted());
  const [one, ...others] = describePolicies();
  const another = { ...(one as NonNullable<typeof one>), name: 'another', group: 'tokens' as const };
  expect(policyGroups([...others, another]).find(({ policies }) => policies.includes(another))?.heading).toMatch(
    /picture/,
  );
});

describe.each(CASES)('$policy $preset $policyOptions', (some) => {
  const settings = settle({ ...FIRST_SETTINGS, preset: undefined, ...some }, presets);
  const options = findPolicy(settings.policy)?.options ?? [];

  test('the form shows the values that the library takes', () => {
    const asked = withPreset(toRequest(settings), presets as ModelEntry['presets']);
    const taken = configurePolicy(settings.policy, asked.policyOptions).options;
    const shown = options.map((option) => [
      option.name,
      settings.policyOptions[option.name] ?? baseValue(option, settings, presets),
    ]);
    expect(Object.fromEntries(shown)).toEqual(taken);
  });

  test('a request gives back its settings', () => {
    expect({ ...FIRST_SETTINGS, ...fromRequest(toRequest(settings)) }).toEqual(settings);
  });

  test('each value is the same after a way through a text field', () => {
    for (const option of options) {
      const value = baseValue(option, settings, presets);
      expect(toText(fromText(toText(value), option))).toBe(toText(value));
    }
  });
});

test('what is set back by hand is not kept as set', () => {
  const threshold = findPolicy('bwcache')?.options.find(({ name }) => name === 'threshold');
  if (!threshold) throw new Error('bwcache has no threshold');
  const changed = withOption(FIRST_SETTINGS, threshold, 0.1, presets);
  expect(changed.policyOptions).toEqual({ threshold: 0.1 });
  expect(withOption(changed, threshold, 0.06, presets).policyOptions).toEqual({});
});

test('a preset that the model does not have is let go', () => {
  const fast = { ...FIRST_SETTINGS, preset: 'fast' };
  expect(settle(fast, {}).preset).toBeUndefined();
  expect(settle(fast, { bwcache: { balanced: { threshold: 0.1 } } }).preset).toBe('balanced');
  expect(settle({ ...fast, policyOptions: { tail: 1 } }, { bwcache: { balanced: {} } }).preset).toBeUndefined();
});

test.each([
  ['threshold', '-1', 'threshold is -1; it must be a number from 0.'],
  ['warmup', '1.5', 'warmup is 1.5; it must be a count of steps from 1.'],
  ['probe', 'colour', 'probe is colour; it must be feature or modulated.'],
  ['repeatable', 'maybe', 'repeatable is maybe; it must be true or false.'],
])('%s = %s is refused with what is allowed', (name, text, message) => {
  const option = findPolicy('bwcache')?.options.find((candidate) => candidate.name === name);
  if (!option) throw new Error(`bwcache has no ${name}`);
  expect(() => fromText(text, option)).toThrow(new RangeError(message));
});

describe('what a form begins with', () => {
  const tuned = { slow: {}, balanced: {}, fast: {} };
  const none = { policy: 'none', preset: undefined, policyOptions: {} };

  test('the first of the model’s policies that has a balanced preset, whichever that is', () => {
    expect(defaultPolicy({ pab: { slow: {} }, teacache: tuned, fbcache: tuned }, 30)).toEqual({
      policy: 'teacache',
      preset: 'balanced',
      policyOptions: {},
    });
    expect(defaultPolicy({ pab: { slow: {} } }, 30)).toEqual(none);
    expect(defaultPolicy({}, 30)).toEqual(none);
  });

  test('with few steps nothing is reused, unless somebody chose it', () => {
    const presets = { teacache: tuned };
    const begun = { ...FIRST_SETTINGS, ...defaultPolicy(presets, 30) };
    const few = withSteps(begun, 4, presets);
    expect(few).toMatchObject({ ...none, steps: 4 });
    expect(withSteps(few, 30, presets)).toEqual(begun);
    expect(withSteps(begun, 5, presets)).toEqual({ ...begun, steps: 5 });
    for (const chosen of [{ preset: 'fast' }, { policyOptions: { threshold: 0.2 } }, { policy: 'pab' }]) {
      expect(withSteps({ ...begun, ...chosen }, 4, presets)).toEqual({ ...begun, ...chosen, steps: 4 });
    }
  });

  test('so does a link that names steps and no method', () => {
    expect(fromQuery('?steps=3', presets).settings).toMatchObject(none);
    expect(fromQuery('?steps=3&policy=pab', presets).settings).toMatchObject({ policy: 'pab' });
    expect(fromQuery('?steps=8', presets).settings).toEqual({ ...FIRST_SETTINGS, steps: 8 });
  });
});
