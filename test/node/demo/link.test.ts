import type { OptionValue } from 'stillframe';
import { describePolicies, type OptionDescription } from 'stillframe/policies';
import { describe, expect, test } from 'vitest';
import { EMBEDDED, EMBEDDED_SIZES } from '../../../demo/state/embedded.ts';
import { fromQuery, toQuery } from '../../../demo/state/link.ts';
import { type Options, settle } from '../../../demo/state/policies.ts';
import { type NumberName, numberRules } from '../../../demo/state/rules.ts';
import { FIRST_SETTINGS, type Settings } from '../../../demo/state/settings.ts';
import fc from '../../support/property.ts';

const { presets } = EMBEDDED;
const rules = numberRules(EMBEDDED_SIZES);

/** Any number that a rule allows. */
function ruled(name: NumberName): fc.Arbitrary<number> {
  const { least, most, step } = rules[name];
  if (step === undefined) return fc.double({ min: least, max: most, noNaN: true });
  return fc.nat(Math.min((most - least) / step, 1e9)).map((k) => least + k * step);
}

/** Any value that a form can give an option. */
function valueFor({ input }: OptionDescription): fc.Arbitrary<OptionValue> {
  switch (input.kind) {
    case 'number': {
      const range = { min: input.least, max: input.most ?? 1e6 };
      return input.isWhole
        ? fc.integer({ min: Math.ceil(range.min), max: Math.floor(range.max) })
        : fc.double({ ...range, noNaN: true, minExcluded: true });
    }
    case 'choice':
      return fc.constantFrom(...input.choices);
    case 'flag':
      return fc.boolean();
    case 'text':
    case 'artifact':
      return fc.string().filter((text) => !Number.isFinite(Number(text)));
  }
}

const policySettings = fc.constantFrom(...describePolicies()).chain(({ name, options }) =>
  fc.record({
    policy: fc.constant(name),
    preset: fc.constantFrom(undefined, ...Object.keys(presets[name] ?? {})),
    policyOptions: someOf(options),
  }),
);

/** Some of the options, each with a value. */
function someOf(options: readonly OptionDescription[]): fc.Arbitrary<Options> {
  const pairs = options.map((option) => valueFor(option).map((value) => [option.name, value] as const));
  return fc
    .tuple(fc.subarray([...pairs.keys()]), fc.tuple(...pairs))
    .map(([kept, all]) => Object.fromEntries(all.filter((_, i) => kept.includes(i))));
}

const anySettings: fc.Arbitrary<Settings> = fc
  .tuple(
    fc.record({
      prompt: fc.string({ unit: 'binary' }),
      seed: ruled('seed'),
      steps: ruled('steps'),
      guidanceScale: ruled('guidanceScale'),
      frames: ruled('frames'),
      width: ruled('width'),
      height: ruled('height'),
    }),
    policySettings,
  )
  .map(([numbers, policy]) => settle<Settings>({ ...numbers, ...policy }, presets));

describe('a link', () => {
  test('gives back all settings that a form can have', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const read = fromQuery(`?${toQuery(settings)}`, presets);
        expect(read.warnings).toEqual([]);
        expect(normal(read.settings)).toEqual(normal(settings));
      }),
    );
  });

  test('is the same when it is written again', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const query = toQuery(settings);
        expect(toQuery(fromQuery(query, presets).settings)).toBe(query);
      }),
    );
  });

  test('any text is read without an error, into settings that a link can hold', () => {
    const names = ['prompt', 'seed', 'steps', 'guidance', 'frames', 'width', 'policy', 'preset', 'set.threshold', 'x'];
    const queries = fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), fc.oneof(fc.string(), fc.float().map(String))))
      .map((pairs) => new URLSearchParams(pairs).toString());
    fc.assert(
      fc.property(queries, (query) => {
        const { settings } = fromQuery(query, presets);
        expect(normal(fromQuery(toQuery(settings), presets).settings)).toEqual(normal(settings));
      }),
    );
  });

  test('to another model keeps sizes that the embedded one does not make', () => {
    const query = 'width=848&height=480&frames=83&model=my-wan';
    expect(fromQuery(query, presets).settings).toMatchObject({ width: 848, height: 480, frames: 83 });
  });

  test('is written out, so that other defaults do not change it', () => {
    expect(toQuery({ ...FIRST_SETTINGS, preset: 'fast', policyOptions: { threshold: 0.08 } })).toBe(
      'prompt=a+yellow+circle+moving+right+on+a+sunset+background&seed=3&steps=30&guidance=4&frames=17&width=128&height=128' +
        '&policy=bwcache&preset=fast&set.threshold=0.08',
    );
  });

  test('what it leaves out is as in the first settings', () => {
    expect(fromQuery('', presets)).toEqual({ settings: FIRST_SETTINGS, warnings: [] });
    expect(fromQuery('?steps=12&seed=3', presets).settings).toEqual({ ...FIRST_SETTINGS, steps: 12, seed: 3 });
  });

  test.each(['policy=magic', 'steps=many', 'preset=huge', 'set.tau=1', 'width=7', 'guidance=-3'])(
    'keeps all else where it has %s',
    (wrong) => {
      const query = `${wrong}&prompt=a+blue+star&seed=12&frames=9&height=64`;
      const { settings, warnings } = fromQuery(query, presets);
      expect(warnings).toHaveLength(1);
      expect(settings).toMatchObject({ prompt: 'a blue star', seed: 12, frames: 9, height: 64 });
    },
  );

  test('with a policy and no preset means what the library makes of it', () => {
    const policySettings = (query: string) => {
      const { policy, preset, policyOptions } = fromQuery(query, presets).settings;
      return { policy, preset, policyOptions };
    };
    // The balanced preset where nothing is said, the policy's own defaults where something is.
    expect(policySettings('policy=bwcache')).toEqual({ policy: 'bwcache', preset: 'balanced', policyOptions: {} });
    expect(policySettings('policy=bwcache&set.threshold=0.2')).toEqual({
      policy: 'bwcache',
      preset: undefined,
      policyOptions: { threshold: 0.2 },
    });
    expect(policySettings('policy=none')).toEqual({ policy: 'none', preset: undefined, policyOptions: {} });
  });

  test.each([
    ['steps=0', 'In the address, steps is 0; it must be a whole number from 1 to 100000. Taken: 30.'],
    ['steps=many', 'In the address, steps is no number; it must be a whole number from 1 to 100000. Taken: 30.'],
    ['frames=16', 'In the address, frames is 16; it must be 4 k + 1, such as 13 or 17. Taken: 17.'],
    ['width=100', 'In the address, width is 100; it must be a multiple of 32, such as 96 or 128. Taken: 128.'],
    ['policy=magic', 'In the address, policy is magic; there is none of that name. Taken: bwcache.'],
    ['preset=huge', 'In the address, preset is huge; it must be one of slow, balanced, fast. Taken: balanced.'],
    ['policy=none&preset=fast', 'In the address, preset is fast; it must be left out for none. It was left out.'],
    ['set.threshold=-1', 'In the address, threshold is -1; it must be a number from 0. It was left out.'],
    ['set.tau=1', 'In the address, tau is no option of bwcache. It was left out.'],
    ['model=my-wan', 'This link was made with the model my-wan, which does not come with the page.'],
  ])('%s is told, and the first settings stay', (query, warning) => {
    const { settings, warnings } = fromQuery(query, presets);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(warning);
    const none = query.startsWith('policy=none') && { policy: 'none', preset: undefined };
    expect(settings).toEqual({ ...FIRST_SETTINGS, ...none });
  });
});

/** Numbers are written as JavaScript writes them: -0 is 0, which the library takes alike. */
function normal(settings: Settings): unknown {
  return JSON.parse(JSON.stringify(settings));
}
