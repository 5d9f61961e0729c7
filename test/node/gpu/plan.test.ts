import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../../src/gpu/kernel.ts';
import { Recorder } from '../../../src/gpu/recorder.ts';
import type { Tensor } from '../../../src/gpu/tensor.ts';
import fc from '../../support/property.ts';

const copyKernel: Kernel = { name: 'copy', source: '', access: ['read', 'write'] };

/** Records a dispatch from one tensor to another. */
function step(recorder: Recorder, from: Tensor, to: Tensor): void {
  recorder.dispatch(copyKernel, [from, to], [], [1, 1, 1]);
}

/** The slot of each tensor. */
function slotsOf(recorder: Recorder): Map<Tensor, number> {
  const { slots } = recorder.finish().plan;
  return new Map(slots.flatMap(({ tensors }, i) => tensors.map((tensor) => [tensor, i] as const)));
}

describe('memory plan', () => {
  test('a chain of temporaries takes two buffers', () => {
    const recorder = new Recorder('chain');
    const chain = Array.from({ length: 6 }, (_, i) => recorder.temporary(`t${i}`, [64]));
    recorder.section('s', () => {
      for (let i = 1; i < chain.length; i++) step(recorder, chain[i - 1] as Tensor, chain[i] as Tensor);
    });
    const { plan } = recorder.finish();
    expect(plan.slots).toHaveLength(2);
    expect(plan.bytes).toBe(2 * 64 * 4);
  });

  test('sections share memory; what crosses them, and what persists, does not', () => {
    const recorder = new Recorder('sections');
    const stream = recorder.temporary('stream', [16]);
    const state = recorder.persistent('state', [16]);
    const [a, b] = [recorder.temporary('a', [16]), recorder.temporary('b', [16])];
    recorder.section('one', () => step(recorder, a, stream));
    recorder.section('two', () => {
      step(recorder, stream, b);
      step(recorder, b, state);
    });
    const slots = slotsOf(recorder);
    expect(slots.get(a)).toBe(slots.get(b));
    expect(new Set([a, stream, state].map((tensor) => slots.get(tensor))).size).toBe(3);
  });

  test('a slot is as large as its largest tensor', () => {
    const recorder = new Recorder('sizes');
    const sizes = [8, 400, 16, 100].map((size, i) => recorder.temporary(`t${i}`, [size]));
    recorder.section('s', () => {
      for (let i = 1; i < sizes.length; i++) step(recorder, sizes[i - 1] as Tensor, sizes[i] as Tensor);
    });
    for (const { bytes, tensors } of recorder.finish().plan.slots) {
      expect(bytes).toBe(Math.max(...tensors.map((tensor) => tensor.bytes)));
    }
  });

  test('tensors that are never used take nothing', () => {
    const recorder = new Recorder('unused');
    recorder.temporary('unused', [1000]);
    expect(recorder.finish().plan.bytes).toBe(0);
  });

  test('no two tensors share a buffer while both are needed, whatever the program', () => {
    const command = fc.record({ section: fc.nat(3), from: fc.nat(11), to: fc.nat(11) });
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 12, maxLength: 12 }),
        fc.array(command),
        (sizes, commands) => {
          const recorder = new Recorder('random');
          const tensors = sizes.map((size, i) => recorder.temporary(`t${i}`, [size]));
          const used = new Map<Tensor, { section: number; at: number }[]>();
          for (let section = 0; section < 4; section++) {
            recorder.section(`${section}`, () => {
              for (const [at, { from, to }] of commands.filter((one) => one.section === section).entries()) {
                const pair = [tensors[from] as Tensor, tensors[to] as Tensor] as const;
                step(recorder, ...pair);
                for (const tensor of pair) used.set(tensor, [...(used.get(tensor) ?? []), { section, at }]);
              }
            });
          }
          const slots = slotsOf(recorder);
          for (const [a, usesA] of used) {
            for (const [b, usesB] of used) {
              if (a === b || slots.get(a) !== slots.get(b)) continue;
              // Each lives in one section, and when it is the same one, at different times.
              const [sectionsA, sectionsB] = [usesA, usesB].map((uses) => new Set(uses.map(({ section }) => section)));
              expect([sectionsA?.size, sectionsB?.size]).toEqual([1, 1]);
              if (usesA[0]?.section !== usesB[0]?.section) continue;
              const [timesA, timesB] = [usesA, usesB].map((uses) => uses.map(({ at }) => at)) as [number[], number[]];
              const apart = Math.max(...timesA) < Math.min(...timesB) || Math.max(...timesB) < Math.min(...timesA);
              expect(apart).toBe(true);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('recording', () => {
  test('sections neither nest nor repeat', () => {
    const recorder = new Recorder('r');
    recorder.section('a', () => {
      expect(() => recorder.section('b', () => {})).toThrow(/inside another/);
    });
    expect(() => recorder.section('a', () => {})).toThrow(/recorded twice/);
    const tensor = recorder.temporary('t', [4]);
    expect(() => recorder.clear(tensor)).toThrow(/outside a section/);
  });

  test('a dispatch that no device takes is refused', () => {
    const recorder = new Recorder('r');
    const tensor = recorder.temporary('t', [4]);
    recorder.section('a', () => {
      expect(() => recorder.dispatch(copyKernel, [tensor], [], [1, 1, 1])).toThrow(/takes 2 tensors, not 1/);
      for (const count of [0, 65536, 1.5]) {
        expect(() => recorder.dispatch(copyKernel, [tensor, tensor], [], [count, 1, 1])).toThrow(/1 to 65535/);
      }
    });
  });
});
