import { describe, expect, test } from 'vitest';
import { predictSchedule, type RecordedRun } from '../../../src/cache/predict.ts';
import { OptionError } from '../../../src/errors.ts';
import { artifact } from '../../support/smoothcache.ts';
import { recorded } from './support.ts';

type Options = RecordedRun['policy']['options'];

describe('refused', () => {
  const feature = recorded('bwcache', { every: 2, blocks: 2 }, 6, () => 0.1);
  const teacache = recorded('teacache', {}, 6, () => 0.1);
  test.each<[string, RecordedRun, string, Options, RegExp]>([
    [
      'another probe',
      feature,
      'bwcache',
      { probe: 'modulated' },
      /run of bwcache measured output of .*; modulatedInput of 4 sites .* is needed/,
    ],
    ['other tokens', feature, 'bwcache', { blocks: 2 }, /every 2\); output of 2 sites .*every 1\) is needed/],
    [
      'other blocks',
      feature,
      'bwcache',
      { every: 2 },
      /2 sites from block.0 to block.2 .*; output of 4 sites from block.0 to block.3/,
    ],
    ['a rule from a probe', feature, 'teacache', {}, /measured output of.*; modulatedInput of block.0 .*is needed/],
    [
      'a probe from a rule',
      teacache,
      'bwcache',
      {},
      /teacache measured modulatedInput of block.0 .*; output of 4 sites .*is needed/,
    ],
    [
      'another signal',
      teacache,
      'fbcache',
      {},
      /measured modulatedInput of block.0 .*; residual of block.0 .*is needed/,
    ],
    ['options that it does not take', feature, 'bwcache', { threshold: -1 }, /policyOptions.threshold is -1/],
    ['a policy that is not built', feature, 'magic', {}, /There is no policy magic/],
    [
      'an artifact of other steps',
      feature,
      'smoothcache',
      { artifact: artifact(9) },
      /made for steps 9; this run has 6/,
    ],
  ])('%s', (_, run, name, options, message) => {
    const predict = () => predictSchedule(run, { name, options });
    expect(predict).toThrow(OptionError);
    expect(predict).toThrow(message);
  });

  test.each<[string, unknown, RegExp]>([
    ['no report', undefined, /^report is undefined\. Pass the report of a finished run: clip\.report/],
    ['a clip', { report: feature }, /^report\.shape is undefined/],
    ['forwards', { ...feature, shape: { ...feature.shape, keys: [] } }, /^report\.shape\.keys is \[\]/],
    [
      'branches of its own',
      { ...feature, shape: { ...feature.shape, keys: ['both'] } },
      /^report\.shape\.keys is "both"/,
    ],
    ['no steps', { ...feature, shape: { ...feature.shape, steps: 0 } }, /^report\.shape\.steps is 0/],
    [
      'blocks that are no number',
      { ...feature, shape: { ...feature.shape, blocks: '4' } },
      /^report\.shape\.blocks is "4"/,
    ],
    ['nothing measured', { ...feature, measurements: undefined }, /^report\.measurements is undefined/],
    [
      'sites of no list',
      { ...feature, measurements: [{ name: 'probe' }] },
      /^report\.measurements\[0\]\.sites is undefined/,
    ],
    ['scores of no blocks', { ...feature, scores: [{ step: 1 }] }, /^report\.scores\[0\]\.blocks is undefined/],
    ['no policy', { ...feature, policy: null }, /^report\.policy is null/],
  ])('a report with %s', (_, run, message) => {
    const predict = () => predictSchedule(run as RecordedRun, { name: 'none', options: {} });
    expect(predict).toThrow(OptionError);
    expect(predict).toThrow(message);
  });

  test("a policy's option beside its options, and a policy that is a name", () => {
    const beside = { name: 'bwcache', options: {}, threshold: 1 };
    expect(() => predictSchedule(feature, beside)).toThrow(
      'predictSchedule has no option threshold. Its options are name, options.',
    );
    expect(() => predictSchedule(feature, 'bwcache' as never)).toThrow('predictSchedule was given "bwcache".');
  });
});
