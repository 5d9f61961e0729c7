import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Scheduler } from '../../../src/cache/scheduler.ts';
import { interval } from '../../support/interval-policy.ts';
import { runShape } from '../../support/run-shape.ts';
import { runScript } from './support.ts';

test('the example of the documentation is the file that is compiled and run here', async () => {
  const file = await readFile('test/support/interval-policy.ts', 'utf8');
  const documented = await readFile('docs/policies.md', 'utf8');
  expect(documented).toContain(`\`\`\`ts\n${file.replaceAll('../../src/cache/', './')}\`\`\``);
});

test('it computes one step of so many, within the limits that all policies have', () => {
  const digits = (options: Readonly<Record<string, unknown>>) => {
    const { policy, limits } = interval.configure(options);
    const run = runShape(9, ['cond']);
    return runScript(new Scheduler(policy, run, {}, limits), run, () => 0);
  };
  expect(digits({ interval: 3 }).sites).toEqual([{ key: 'cond', site: 'blocks.0-3', digits: '1ff1ff1ff' }]);
  expect(digits({ interval: 3, warmupSteps: 2 }).schedule.cond).toBe('110100100');
  expect(digits({ interval: 9, maxContinuousCachedSteps: 2 }).schedule.cond).toBe('100100100');
  expect(digits({ interval: 9, maxCachedSteps: 3 }).schedule.cond).toBe('100011111');
  expect(digits({ interval: 9, start: 0.4, end: 0.7 }).schedule.cond).toBe('111100011');
  expect(digits({ interval: 9, stepsMask: '110010001' }).schedule.cond).toBe('110010001');
  expect(() => digits({ stepsMask: '101' })).toThrow('stepsMask has 3 digits; the run has 9 steps');
  expect(() => interval.configure({ start: 2 })).toThrow('policyOptions.start is 2');
});
