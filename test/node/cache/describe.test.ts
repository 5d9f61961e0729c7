import { describe, expect, test } from 'vitest';
import { describePolicies } from '../../../src/cache/describe.ts';
import { configurePolicy, POLICIES } from '../../../src/cache/index.ts';
import { POLICY_GROUPS } from '../../../src/cache/words.ts';

const policies = describePolicies();
const options = policies.flatMap((policy) => policy.options.map((option) => ({ policy: policy.name, ...option })));

/** Methods that were published nowhere else. */
const OURS = ['fitcache'];

test('every policy that is built is described, with each of its options', () => {
  expect(policies.map(({ name }) => name)).toEqual(POLICIES.map(({ name }) => name));
  for (const { name, options } of policies) {
    expect(options.map((option) => option.name)).toEqual(Object.keys(configurePolicy(name).options));
  }
});

test('descriptions are plain data', () => {
  expect(structuredClone(policies)).toEqual(policies);
});

describe.each(policies)('$name in words', ({ name, title, group, summary, plain, source }) => {
  test('has a title of its own that fits a menu, and the name in it where the field has one', () => {
    expect(title).toMatch(/^[A-Z]/);
    expect(title.length).toBeLessThanOrEqual(44);
    expect(policies.filter((other) => other.title === title)).toHaveLength(1);
    const inBrackets = /\((.+)\)$/.exec(title)?.[1];
    if (inBrackets) expect(inBrackets.toLowerCase().replace(/[^a-z]/g, '')).toContain(name.replace(/[^a-z]/g, ''));
    if (group !== 'control') expect(inBrackets).toBeDefined();
  });

  test('says where it was published, unless it is nobody’s', () => {
    if (group === 'control' || OURS.includes(name)) expect(source).toBeUndefined();
    else expect(source).toMatch(/^https:\/\/(arxiv\.org\/abs\/\d{4}\.\d{5}|github\.com\/[\w-]+\/[\w-]+)$/);
  });

  test('stands in a group that there is', () => {
    expect(Object.keys(POLICY_GROUPS)).toContain(group);
  });

  test('has half a line for those who know the field, and a sentence for those who do not', () => {
    expect(summary).toMatch(/^[a-z].{10,80}[^.]$/);
    expect(plain).toMatch(/^[A-Z].{30,170}\.$/);
    const jargon =
      /feature|residual|sub-layer|stream|attention|transformer|latent|token|branch|cond|polynomial|norm\b/i;
    expect(plain).not.toMatch(jargon);
  });
});

describe.each(options)('$policy $name', ({ policy, name, default: fallback, help, allowed, input }) => {
  const take = (value: unknown) => configurePolicy(policy, { [name]: value }).options[name];

  test('has a line of help', () => {
    expect(help).toMatch(/^[A-Z].{15,109}\.$/);
    expect(allowed.length).toBeGreaterThan(5);
  });

  test('what its input allows, the policy takes', () => {
    expect(take(fallback)).toEqual(fallback);
    switch (input.kind) {
      case 'number': {
        const { least, most = Number.MAX_SAFE_INTEGER, suggested, isWhole, wholeFrom } = input;
        const [from, to] = suggested;
        expect(from).toBeLessThan(to);
        for (const value of [fallback, from, to]) {
          expect(value).toBeGreaterThanOrEqual(least);
          expect(value).toBeLessThanOrEqual(most);
        }
        for (const value of [least, most, from, to]) expect(take(value)).toBe(value);
        expect(() => take(least - 1)).toThrow(`Pass ${allowed}.`);
        if (input.most !== undefined) expect(() => take(most + 1)).toThrow(`Pass ${allowed}.`);
        const broken = (isWhole ? from : (wholeFrom ?? Number.NaN)) + 0.5;
        expect(() => take(broken)).toThrow(`Pass ${allowed}.`);
        break;
      }
      case 'choice':
        expect(input.choices).toContain(fallback);
        for (const choice of input.choices) expect(take(choice)).toBe(choice);
        expect(() => take('neither')).toThrow(`Pass ${allowed}.`);
        break;
      case 'flag':
        for (const value of [true, false]) expect(take(value)).toBe(value);
        expect(() => take('true')).toThrow(`Pass ${allowed}.`);
        break;
      case 'text':
      case 'artifact':
        expect(() => take(true)).toThrow(`Pass ${allowed}.`);
    }
  });
});
