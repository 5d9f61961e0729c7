import { beforeEach, describe, expect, test } from 'vitest';
import {
  announce,
  beginLoadPhases,
  beginRunPhases,
  finishPhases,
  phases,
  takePhase,
  underway,
} from '../../../demo/state/phases.ts';

beforeEach(beginLoadPhases);

describe('phases', () => {
  test('count seconds from their first word to the last', () => {
    takePhase({ phase: 'download', loaded: 0, total: 100, from: 'network' }, 1000);
    takePhase({ phase: 'download', loaded: 60, total: 100, from: 'store' }, 2000);
    expect(phases.value.download).toMatchObject({ loaded: 60, from: 'store' });
    expect(phases.value.download?.seconds).toBeUndefined();
    takePhase({ phase: 'download', loaded: 100, total: 100, from: 'network' }, 3500);
    expect(phases.value.download?.seconds).toBe(2.5);
  });

  test('one that was done goes on, unless there is nothing new to do', () => {
    takePhase({ phase: 'compile', loaded: 0, total: 4 }, 0);
    takePhase({ phase: 'compile', loaded: 4, total: 4 }, 8000);
    takePhase({ phase: 'compile', loaded: 0, total: 0 }, 20_000);
    expect(phases.value.compile?.seconds).toBe(8);
    takePhase({ phase: 'compile', loaded: 0, total: 2 }, 30_000);
    expect(phases.value.compile?.seconds).toBeUndefined();
    takePhase({ phase: 'compile', loaded: 2, total: 2 }, 31_000);
    expect(phases.value.compile?.seconds).toBe(9);
  });

  test('a run keeps those of the load, and ends with the seconds of its report', () => {
    takePhase({ phase: 'download', loaded: 1, total: 1 }, 0);
    takePhase({ phase: 'decode', loaded: 0, total: 2 }, 0);
    beginRunPhases();
    expect(Object.keys(phases.value)).toEqual(['download']);
    takePhase({ phase: 'decode', loaded: 0, total: 2 }, 0);
    takePhase({ phase: 'decode', loaded: 2, total: 2 }, 900);
    finishPhases({ seconds: { load: 3, compile: 2, text: 0.1, denoise: 9, decode: 0.8 } });
    expect(phases.value.download?.seconds).toBe(3);
    expect(phases.value.decode?.seconds).toBe(0.8);
    expect(phases.value.denoise).toBeUndefined();
  });

  test('are told one after the other, though kernels compile while weights come', () => {
    const said: string[] = [];
    const take = (phase: 'download' | 'compile', loaded: number) => {
      takePhase({ phase, loaded, total: 2 }, 0);
      said.push(announce(underway({ phase, loaded, total: 2 })));
    };
    take('download', 0);
    take('compile', 0);
    take('download', 1);
    take('compile', 1);
    take('download', 2);
    take('compile', 2);
    expect(said).toEqual([
      'Weights: 0 %',
      'Weights: 0 %',
      'Weights: 40 %',
      'Weights: 40 %',
      'Kernels: 40 %',
      'Kernels: 100 %',
    ]);
  });

  test('say at most six things each to those who listen', () => {
    const said = new Set<string>();
    for (let loaded = 0; loaded <= 300; loaded++) said.add(announce({ phase: 'denoise', loaded, total: 300 }));
    expect([...said]).toEqual([0, 20, 40, 60, 80, 100].map((share) => `Steps: ${share} %`));
    expect(announce({ phase: 'compile', loaded: 0, total: 0 })).toBe('Kernels: 100 %');
  });
});
