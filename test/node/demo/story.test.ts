import { expect, test } from 'vitest';
import { storyOf } from '../../../demo/cache-view/story.ts';
import { leftInWords, secondsLeft } from '../../../demo/state/time-left.ts';
import { RECORD } from './cache-support.ts';

test('a finished run: what it computed, how much changed, what it skipped', () => {
  const story = storyOf(RECORD, 0.25);
  expect(story).toMatchObject({ steps: 4, blocks: 3, digits: '1101', computed: 3, newest: 'computed', skipped: 0.25 });
  expect(story.change?.last).toBeCloseTo(0.2);
  expect(story.line?.threshold).toBe(0.25);
  expect(story.changes.filter((share) => share !== null)).toHaveLength(1);
});

test('before the first forward nothing is claimed', () => {
  const story = storyOf({ ...RECORD, blocks: 0, schedule: {}, scores: [] });
  expect(story).toMatchObject({
    digits: '',
    computed: 0,
    newest: undefined,
    skipped: undefined,
    change: undefined,
  });
});

test('a method without a threshold has no line', () => {
  expect(storyOf({ ...RECORD, scores: [], policy: { name: 'none', options: {} } }).line).toBeUndefined();
  const always = { name: 'bwcache', options: { threshold: Number.POSITIVE_INFINITY } };
  expect(storyOf({ ...RECORD, policy: always }).line).toBeUndefined();
});

test('the time left goes by the newest steps', () => {
  expect(secondsLeft({ steps: 10, stepSeconds: [] }, undefined)).toBeUndefined();
  expect(secondsLeft({ steps: 10, stepSeconds: [] }, 20)).toBe(20);
  expect(secondsLeft({ steps: 10, stepSeconds: [9, 9, 1, 1, 1, 1] }, 20, 0.1)).toBe(6);
  expect(secondsLeft({ steps: 4, stepSeconds: [1, 1, 1, 1, 1] }, undefined)).toBe(0);
});

test('time left in words: nothing is almost done before its first step', () => {
  expect([undefined, 0.4, 12.4].map((left) => leftInWords(left, 0))).toEqual(['', '', 'about 12 seconds left']);
  expect(leftInWords(0.4, 1)).toBe('almost done');
});
