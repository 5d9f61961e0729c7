import { expect, test } from 'vitest';
import { NO_LIMITS } from '../../src/cache/limits.ts';
import { decideStep, type ReuseLimits, UNDECIDED } from '../../src/cache/rule.ts';
import { Program } from '../../src/gpu/program.ts';
import { Recorder } from '../../src/gpu/recorder.ts';
import { download, downloadF32, upload } from '../../src/gpu/transfer.ts';
import { UNKNOWN_SCORE } from '../../src/ops/block-diff.ts';
import { decideWithin } from '../../src/ops/decide-within.ts';
import type { VerdictRule } from '../../src/ops/verdict-rule.ts';
import { Random, testGpu } from '../support/kernel-run.ts';

/** Counts of three dispatches: two of what computes, one of what reuses. */
const COUNTS = Uint32Array.of(5, 6, 7, 8, 1, 1, 9, 1, 1);
const COMPUTING = [5, 6, 7, 8, 1, 1, 0, 0, 0];
const REUSING = [0, 0, 0, 0, 0, 0, 9, 1, 1];

const TEACACHE = { accumulates: true, isStrict: true } as const;
const FBCACHE = { accumulates: false, isStrict: false } as const;
const IDENTITY = [1, 0];
/** TeaCache's of Wan 1.3B. */
const WAN = [2396.76752, -1311.10545, 201.331979, -8.29855975, 0.137887774];

/** Decides step after step on the GPU. */
async function decideOnGpu(
  rule: VerdictRule,
  scores: readonly number[],
  forced: readonly number[],
  limits: ReuseLimits,
) {
  const gpu = await testGpu();
  const recorder = new Recorder('decide');
  const tensor = {
    scores: recorder.persistent('scores', [3]),
    control: recorder.persistent('control', [1], 'u32'),
    counts: recorder.persistent('counts', [3, 3], 'u32'),
    state: recorder.persistent('state', [5]),
    verdict: recorder.persistent('verdict', [2]),
    args: recorder.persistent('args', [3, 3], 'u32'),
  };
  const { capabilities } = gpu;
  recorder.section('decide', () =>
    decideWithin({ recorder, capabilities, operands: 'f32' }, { ...tensor, rule, limits, reusing: 2 }),
  );
  const program = await Program.create(gpu, recorder.finish());
  upload(gpu, tensor.counts, COUNTS);
  const args: number[][] = [];
  const computes: boolean[] = [];
  for (const [step, score] of scores.entries()) {
    upload(gpu, tensor.scores, Float32Array.of(score));
    upload(gpu, tensor.control, Uint32Array.of(Number(forced.includes(step))));
    await program.run('decide');
    const [told, verdict] = await downloadF32(gpu, tensor.verdict);
    expect(told).toBe(score);
    computes.push(verdict === 1);
    args.push([...new Uint32Array(await download(gpu, tensor.args), 0, 9)]);
  }
  program.dispose();
  return { args, computes };
}

/** The same on the host. */
function decideOnHost(
  rule: VerdictRule,
  scores: readonly number[],
  forced: readonly number[],
  limits: ReuseLimits,
): boolean[] {
  let state = UNDECIDED;
  return scores.map((score, step) => {
    const known = score === UNKNOWN_SCORE ? Number.POSITIVE_INFINITY : score;
    const verdict = decideStep(rule, known, state, limits, forced.includes(step));
    state = verdict.state;
    return verdict.computes;
  });
}

const random = Float32Array.from(new Random(3).values(24), (x) => Math.abs(x) / 10);

test.each<[string, VerdictRule, ArrayLike<number>, number[], ReuseLimits?]>([
  ['the identity, summed up', { ...TEACACHE, polynomial: IDENTITY, threshold: 0.1 }, random, [0, 23]],
  ["Wan's polynomial", { ...TEACACHE, polynomial: WAN, threshold: 0.2 }, random, [0]],
  ['each score alone', { ...FBCACHE, polynomial: IDENTITY, threshold: 0.05 }, random, [0]],
  ['U9: unknown scores', { ...FBCACHE, polynomial: [-1, 0], threshold: 1 }, [0.5, UNKNOWN_SCORE, 0.5], []],
  ['U9: an infinite threshold', { ...TEACACHE, polynomial: IDENTITY, threshold: Infinity }, [UNKNOWN_SCORE, 9, 9], []],
  ['U9: a value past f32', { ...FBCACHE, polynomial: [-3e38, 0], threshold: 1 }, [0.5, 1e9, 0.5], []],
  ['U13: at the threshold', { ...FBCACHE, polynomial: IDENTITY, threshold: 0.25 }, [0.25, 0.25 + 2 ** -25], []],
  ['U13: at it, strictly', { ...TEACACHE, polynomial: IDENTITY, threshold: 0.25 }, [0.25, 0.25 - 2 ** -26, 1], []],
  ['most in a row', { ...FBCACHE, polynomial: IDENTITY, threshold: 1 }, random, [0], { inARow: 3, inAll: Infinity }],
  ['most in all', { ...TEACACHE, polynomial: IDENTITY, threshold: 0.1 }, random, [0], { inARow: Infinity, inAll: 5 }],
  ['a cap of all', { ...FBCACHE, polynomial: IDENTITY, threshold: 0.05, cap: 0.5 }, random, [0]],
  ...[1, 2, 3].map((inARow): [string, VerdictRule, ArrayLike<number>, number[], ReuseLimits] => [
    `${inARow} in a row, counted loosely`,
    { ...FBCACHE, polynomial: IDENTITY, threshold: 0.07, countsLoosely: true },
    random,
    [0, 9],
    { inARow, inAll: 11 },
  ]),
])('decides as the host does and launches one outcome: %s', async (_, rule, values, forced, limits = NO_LIMITS) => {
  const scores = Array.from(values);
  const { computes, args } = await decideOnGpu(rule, scores, forced, limits);
  expect(computes).toEqual(decideOnHost(rule, scores, forced, limits));
  expect(new Set(computes).size).toBe(2);
  expect(args).toEqual(computes.map((each) => (each ? COMPUTING : REUSING)));
});
