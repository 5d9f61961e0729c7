import { describe, expect, test } from 'vitest';
import type { ReadyCommand } from '../../../src/gpu/encode.ts';
import type { Kernel } from '../../../src/gpu/kernel.ts';
import { Pacer, TARGET_SECONDS } from '../../../src/gpu/pacer.ts';
import { longDispatchWarnings } from '../../../src/pipeline/long-dispatch.ts';
import fc from '../../support/property.ts';
import { dispatchOf, kernelOf, ScriptedGpu, SKIPPABLE, type Submission } from '../../support/scripted-gpu.ts';

/** What a dispatch may take above what is aimed at: estimates are no better. */
const SLACK = 1.25;

const secondsOf = ({ begin, end }: Submission) => end - begin;
const longest = (submissions: readonly Submission[]) => Math.max(0, ...submissions.map(secondsOf));

/** A GPU on which each kernel does so many units of work a second. */
function gpuOf(rates: ReadonlyMap<Kernel, number>): ScriptedGpu {
  return new ScriptedGpu((command) =>
    command.kind === 'dispatch' ? 1e-5 + command.work / (rates.get(command.kernel) ?? Number.NaN) : 1e-4,
  );
}

const matmul = kernelOf('matmul');
const norm = kernelOf('norm');

/** A model's forward: each block a matmul and a norm, whose work grows with the clip. */
function forward(blocks: number, size: number): ReadyCommand[] {
  return Array.from({ length: blocks }, () => [dispatchOf(matmul, 1e8 * size), dispatchOf(norm, 1e6 * size)]).flat();
}

/** Runs commands to their end. @returns what was submitted for it. */
async function runWhole(gpu: ScriptedGpu, pacer: Pacer, commands: readonly ReadyCommand[]): Promise<Submission[]> {
  const first = gpu.submissions.length;
  await gpu.settle(pacer.run('forward', commands));
  await gpu.settle(gpu.idle());
  return gpu.submissions.slice(first);
}

describe('a submission is bounded by its work', () => {
  const gpu = gpuOf(
    new Map([
      [matmul, 1e10],
      [norm, 1e9],
    ]),
  );
  const pacer = new Pacer(gpu);

  test('a small clip becomes one submission, a large one after it as many as it takes', async () => {
    const small = forward(10, 1);
    await runWhole(gpu, pacer, small);
    expect(await runWhole(gpu, pacer, small)).toHaveLength(1);
    // A hundred times the work in as many commands: by their number it would be one submission of 11 s.
    const large = await runWhole(gpu, pacer, forward(10, 10));
    expect(longest(large)).toBeLessThan(SLACK * TARGET_SECONDS);
    const larger = await runWhole(gpu, pacer, forward(200, 10));
    expect(longest(larger)).toBeLessThan(SLACK * TARGET_SECONDS);
    expect(larger.length).toBeLessThan((2 * 200 * (1e9 / 1e10 + 1e7 / 1e9)) / TARGET_SECONDS + 1);
  });

  test('commands are submitted in order, each once', async () => {
    const commands = forward(100, 5);
    const submitted = await runWhole(gpu, pacer, commands);
    expect(submitted.flatMap((submission) => submission.commands)).toEqual(commands);
  });

  test('a first clip is cut as for a slow device, before anything is known', async () => {
    for (const rate of [1e9, 1e11, 1e13]) {
      const fresh = gpuOf(
        new Map([
          [matmul, rate],
          [norm, rate / 20],
        ]),
      );
      const first = await runWhole(fresh, new Pacer(fresh), forward(100, 1));
      expect(longest(first), `${rate}`).toBeLessThan(SLACK * TARGET_SECONDS);
    }
  });

  test('a kernel that has not been timed is not taken for a fast one', async () => {
    const slow = kernelOf('slow');
    const [unknown, rates] = [
      dispatchOf(slow, 1e8),
      new Map([
        [matmul, 1e12],
        [norm, 1e10],
        [slow, 1e9],
      ]),
    ];
    const mixed = gpuOf(rates);
    const pacer = new Pacer(mixed);
    for (let i = 0; i < 3; i++) await runWhole(mixed, pacer, forward(100, 10));
    const submitted = await runWhole(mixed, pacer, new Array(50).fill(unknown));
    expect(longest(submitted)).toBeLessThan(SLACK * TARGET_SECONDS);
  });

  test('a device that slows down gets shorter submissions', async () => {
    const speed = { now: 1 };
    const hot = new ScriptedGpu((command) => (command.kind === 'dispatch' ? command.work / (1e10 * speed.now) : 0));
    const pacer = new Pacer(hot);
    const commands = forward(100, 1);
    for (let i = 0; i < 3; i++) await runWhole(hot, pacer, commands);
    speed.now = 1 / 3;
    await runWhole(hot, pacer, commands);
    expect(longest(await runWhole(hot, pacer, commands))).toBeLessThan(SLACK * TARGET_SECONDS);
  });

  test('whatever the kernels and their speeds, once they are known', async () => {
    const run = fc.record({
      rates: fc.array(fc.double({ min: 8.7, max: 13, noNaN: true }), { minLength: 1, maxLength: 6 }),
      picks: fc.array(fc.tuple(fc.nat(5), fc.double({ min: 5, max: 9, noNaN: true })), { minLength: 1, maxLength: 60 }),
      size: fc.integer({ min: 1, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ rates, picks, size }) => {
        const kernels = rates.map((_, i) => kernelOf(`kernel ${i}`));
        const gpu = gpuOf(new Map(kernels.map((kernel, i) => [kernel, 10 ** (rates[i] as number)])));
        const pacer = new Pacer(gpu);
        const commands = (scale: number) =>
          picks.map(([kernel, work]) => dispatchOf(kernels[kernel % kernels.length] as Kernel, scale * 10 ** work));
        const alone = (all: readonly ReadyCommand[]) => Math.max(...all.map((command) => gpu.secondsOf(command)));
        for (const scale of [1, size, 1]) {
          for (let i = 0; i < 6; i++) {
            const all = commands(scale);
            // What no cut makes shorter is not the pacer's.
            const bound = Math.max(SLACK * TARGET_SECONDS, alone(all) + TARGET_SECONDS);
            expect(longest(await runWhole(gpu, pacer, all))).toBeLessThanOrEqual(bound);
          }
        }
      }),
    );
  });
});

describe('it does not make the GPU wait', () => {
  const rates = new Map([
    [matmul, 1e10],
    [norm, 1e9],
  ]);

  test('work that is known and fits is submitted at once, without waiting', async () => {
    const gpu = gpuOf(rates);
    const pacer = new Pacer(gpu);
    const step = forward(16, 1);
    for (let i = 0; i < 3; i++) await runWhole(gpu, pacer, step);
    const before = gpu.now();
    // Two steps of two forwards, as the denoising loop has them on their way.
    for (let i = 0; i < 4; i++) await pacer.run('forward', step);
    expect(gpu.now()).toBe(before);
    expect(gpu.submissions.slice(-4).map(({ at }) => at)).toEqual(new Array(4).fill(before));
  });

  test('of more than a second of work the GPU always has the next submission, and never much more', async () => {
    const gpu = gpuOf(rates);
    const pacer = new Pacer(gpu);
    await runWhole(gpu, pacer, forward(50, 1));
    const submitted = await runWhole(gpu, pacer, forward(1000, 1));
    expect(submitted.length).toBeGreaterThan(20);
    for (const [i, { begin, at }] of submitted.entries()) {
      if (i > 0) expect(begin).toBe(submitted[i - 1]?.end);
      const waiting = submitted.slice(0, i + 1).filter(({ end }) => end > at);
      expect(waiting.reduce((sum, submission) => sum + secondsOf(submission), 0)).toBeLessThan(1.3);
    }
  });

  test('an abort is noticed within the next submission', async () => {
    const gpu = gpuOf(rates);
    const pacer = new Pacer(gpu);
    await runWhole(gpu, pacer, forward(50, 1));
    const stop = new AbortController();
    const running = gpu.settle(pacer.run('forward', forward(1000, 1), stop.signal));
    await gpu.pass(1);
    stop.abort(new Error('enough'));
    const count = gpu.submissions.length;
    await expect(running).rejects.toThrow('enough');
    expect(gpu.submissions.length).toBe(count);
    await expect(pacer.run('forward', forward(1, 1), stop.signal)).rejects.toThrow('enough');
    expect(gpu.submissions.length).toBe(count);
  });

  test('time between runs, and clocks that come late, change little', async () => {
    const gpu = gpuOf(rates);
    const pacer = new Pacer(gpu);
    const commands = forward(50, 1);
    for (let i = 0; i < 3; i++) await runWhole(gpu, pacer, commands);
    const usual = (await runWhole(gpu, pacer, commands)).length;
    // A short run whose time nobody takes, then an hour of nothing.
    await runWhole(gpu, pacer, forward(1, 0.1));
    await gpu.pass(3600);
    await runWhole(gpu, pacer, commands);
    expect((await runWhole(gpu, pacer, commands)).length).toBe(usual);
  });

  test('a device that is lost rejects whoever waits for it', async () => {
    const lost = new Error('lost');
    const gpu = gpuOf(rates);
    gpu.idle = () => Promise.reject(lost);
    await expect(gpu.settle(new Pacer(gpu).run('forward', forward(1000, 10)))).rejects.toBe(lost);
  });
});

describe('what the GPU may skip', () => {
  test('does not make it seem fast', async () => {
    const isSkipped = { now: false };
    const gpu = new ScriptedGpu((command) => {
      if (command.kind !== 'dispatch' || (command.indirect && isSkipped.now)) return 1e-5;
      return command.work / 1e10;
    });
    const pacer = new Pacer(gpu);
    const skippable = Array.from({ length: 60 }, () => dispatchOf(matmul, 1e8, SKIPPABLE));
    // A first step computes: it tells how fast the kernel is.
    await runWhole(gpu, pacer, skippable);
    const computed = await runWhole(gpu, pacer, skippable);
    expect(computed.length).toBeLessThan(5);
    isSkipped.now = true;
    for (let i = 0; i < 20; i++) await runWhole(gpu, pacer, skippable);
    isSkipped.now = false;
    expect(longest(await runWhole(gpu, pacer, skippable))).toBeLessThan(SLACK * TARGET_SECONDS);
  });
});

describe('a dispatch that is too long by itself', () => {
  const gpu = gpuOf(
    new Map([
      [matmul, 1e10],
      [norm, 1e9],
    ]),
  );
  const pacer = new Pacer(gpu);
  const commands = [...forward(3, 1), dispatchOf(matmul, 1e10), ...forward(3, 1)];

  test('is submitted alone, and told once it has been timed', async () => {
    expect(pacer.longest(commands)).toBeUndefined();
    await runWhole(gpu, pacer, commands);
    const submitted = await runWhole(gpu, pacer, commands);
    expect(submitted.map((submission) => submission.commands.length)).toContain(1);
    expect(pacer.longest(commands)).toEqual({ kernel: 'matmul', seconds: expect.closeTo(1, 0) });
    expect(pacer.longest(forward(100, 1))).toBeUndefined();
    expect(longDispatchWarnings(pacer.longest(commands))).toEqual([
      expect.stringMatching(/^One dispatch of matmul takes about 0\.9 s, and cannot be cut: .*smaller size/),
    ]);
    expect(longDispatchWarnings(undefined)).toEqual([]);
  });
});
