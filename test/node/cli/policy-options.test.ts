import { describe, expect, test } from 'vitest';
import { caseFiles } from '../../../cli/conformance-cases.ts';
import { UsageError } from '../../../cli/errors.ts';
import { parsePolicy } from '../../../cli/policy-options.ts';

describe('--policy, --set, --compare', () => {
  test('values become numbers, flags and words', () => {
    const set = ['threshold=0.2', 'repeatable=true', 'blocks=all', 'tailMode=remaining-half', 'every=2'];
    expect(parsePolicy({ policy: 'bwcache', set, compare: true })).toEqual({
      policy: 'bwcache',
      policyOptions: { threshold: 0.2, repeatable: true, blocks: 'all', tailMode: 'remaining-half', every: 2 },
      compare: true,
    });
    expect(parsePolicy({})).toEqual({ policyOptions: {}, compare: false });
    expect(parsePolicy({ policy: 'bwcache', set: ['threshold=Infinity'] }).policyOptions).toEqual({
      threshold: Infinity,
    });
  });

  test.each([
    [{ policy: 'magic' }, 'There is no policy magic'],
    [{ policy: 'bwcache', set: ['threshold'] }, "--set is 'threshold'; it takes KEY=VALUE"],
    [{ policy: 'bwcache', set: ['threshold='] }, 'policyOptions.threshold is "".'],
    [{ policy: 'bwcache', set: ['tau=1'] }, 'no option tau. Its options are threshold'],
    [{ set: ['threshold=1'] }, 'The policy none has no option threshold. Its options are measure.'],
    [{ compare: true }, '--compare compares a policy with none'],
  ])('%j is refused', (values, message) => {
    expect(() => parsePolicy(values)).toThrow(UsageError);
    expect(() => parsePolicy(values)).toThrow(message);
  });
});

test('recordings of caching are run in order of their numbers', () => {
  const files = ['case-10.safetensors', 'notes.md', 'case-2.safetensors', 'case-x.safetensors'];
  expect(caseFiles(files)).toEqual(['case-2.safetensors', 'case-10.safetensors']);
});
