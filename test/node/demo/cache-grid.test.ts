import { describe, expect, test } from 'vitest';
import { type Grid, gridOf, kindsIn } from '../../../demo/cache-view/grid.ts';
import { becameOf, digitOfBlock, KINDS } from '../../../demo/cache-view/kinds.ts';
import { isLeftOut } from '../../../demo/cache-view/left-out.ts';
import { liveRecord, recordOf } from '../../../demo/cache-view/record.ts';
import { measuredBlocks, RECORD, scoresOf, wholeBlocks } from './cache-support.ts';
import { REPORT } from './runs-support.ts';

describe('the heat map of a branch', () => {
  test('has a column a step and a row a block, with the scores that were measured', () => {
    const grid = gridOf(RECORD, 'cond');
    expect(grid.rows).toEqual(['block 0', 'block 1', 'block 2']);
    expect(grid.cells).toEqual([
      [{ kind: 'computed' }, { kind: 'computed' }, { kind: 'computed' }],
      [
        { kind: 'computed', score: 0.1 },
        { kind: 'computed', score: 0.2 },
        { kind: 'computed', score: 0.3 },
      ],
      [{ kind: 'reused' }, { kind: 'reused' }, { kind: 'reused' }],
      [{ kind: 'computed' }, { kind: 'computed' }, { kind: 'computed' }],
    ]);
  });

  test('takes no score from the other branch', () => {
    expect(gridOf(RECORD, 'uncond').cells.flat()).toEqual(new Array(12).fill({ kind: 'computed' }));
  });

  test('leaves open what has not run yet, and has no rows before the first forward', () => {
    const begun = { ...RECORD, sites: wholeBlocks({ cond: '1' }, 3), scores: [] };
    expect(gridOf(begun, 'cond').cells.map(([first]) => first?.kind)).toEqual([
      'computed',
      'pending',
      'pending',
      'pending',
    ]);
    expect(gridOf({ ...begun, sites: [], blocks: 0 }, 'cond')).toMatchObject({ rows: [], cells: [[], [], [], []] });
  });

  test('puts the scores of every second block on its rows', () => {
    const measurements = [measuredBlocks(2, 2)];
    const grid = gridOf({ ...RECORD, measurements, scores: [scoresOf(1, 'cond', [0.1, 0.3])] }, 'cond');
    expect(grid.cells[1]?.map(({ score }) => score)).toEqual([0.1, undefined, 0.3]);
  });

  test('takes what is measured from how many scores there are, while a run is under way', () => {
    const live = { ...RECORD, measurements: [], scores: [scoresOf(1, 'cond', [0.1, 0.3])] };
    expect(gridOf(live, 'cond').cells[1]?.map(({ score }) => score)).toEqual([0.1, undefined, 0.3]);
  });

  test('one score for a step stands for all of its blocks, also where it reuses them', () => {
    const scores = [scoresOf(2, 'cond', [0.05])];
    const grid = gridOf({ ...RECORD, measurements: [measuredBlocks(1)], scores }, 'cond');
    expect(grid.measured.kind).toBe('step');
    expect(grid.cells[2]).toEqual(new Array(3).fill({ kind: 'reused', score: 0.05 }));
  });

  test('blocks that went different ways have rows that say so', () => {
    const sites = [
      { key: 'cond', site: 'block.0', digits: '1111' },
      { key: 'cond', site: 'blocks.1-2', digits: '1101' },
    ] as const;
    const grid = gridOf({ ...RECORD, sites }, 'cond');
    expect(grid.cells[2]?.map(({ kind }) => kind)).toEqual(['computed', 'reused', 'reused']);
  });

  test('has a row a type of sub-layer where these were decided one by one', () => {
    const types = { selfAttention: '1101', crossAttention: '1001', mlp: '1111' };
    const sites = Object.entries(types).map(([type, digits]) => {
      return { key: 'cond', site: `blocks.0-2.${type}`, digits } as const;
    });
    const grid = gridOf({ ...RECORD, sites }, 'cond');
    expect(grid.rows).toEqual(['self attention, blocks 0–2', 'cross attention, blocks 0–2', 'mlp, blocks 0–2']);
    expect(grid.cells[1]?.map(({ kind }) => kind)).toEqual(['computed', 'reused', 'computed']);
  });

  test('shows no score where nothing could be compared, also as JSON writes it', () => {
    const infinite = { ...scoresOf(1, 'cond', [Infinity, 0.2, 0.3]), mean: Infinity };
    const read = JSON.parse(JSON.stringify(infinite));
    for (const score of [infinite, read]) {
      expect(gridOf({ ...RECORD, scores: [score] }, 'cond').cells[1]?.[0]).toEqual({ kind: 'computed' });
    }
  });
});

describe('each kind of reuse', () => {
  const rows = (digits: Readonly<Record<string, string>>): Grid => {
    const sites = Object.entries(digits).map(([site, row]) => ({ key: 'cond', site, digits: row }) as const);
    return gridOf({ ...RECORD, sites }, 'cond');
  };

  test('is a kind of cell of its own, and of the legend, as far as it occurs', () => {
    const grid = rows({ 'block.0': '1h0f', 'block.1': '1hb-' });
    expect(grid.cells.map((column) => column.map(({ kind }) => kind))).toEqual([
      ['computed', 'computed'],
      ['partly', 'partly'],
      ['reused', 'rebuilt'],
      ['forecast', 'leftOut'],
    ]);
    expect(kindsIn([grid])).toEqual(['computed', 'partly', 'reused', 'forecast', 'rebuilt', 'leftOut']);
    expect(kindsIn([rows({ 'block.0': '1' })])).toEqual(['computed']);
    expect(kindsIn([])).toEqual([]);
  });

  test('what was computed and measured is told by its colour', () => {
    const measured = gridOf(
      { ...RECORD, scores: [0, 1, 2, 3].map((step) => scoresOf(step, 'cond', [1, 2, 3])) },
      'cond',
    );
    expect(kindsIn([measured])).toEqual(['reused']);
  });

  test('a digit that the page does not know is drawn as something saved', () => {
    expect(becameOf('?')).toBe('other');
    expect(KINDS.other.computes).toBe(false);
  });

  test('looks other than any other that computes as much', () => {
    const looks = Object.values(KINDS).map(({ computes, pattern }) => `${computes} ${pattern}`);
    expect(new Set(looks).size).toBe(looks.length);
  });

  test('of a block whose sub-layers went different ways: in part, where some were computed', () => {
    expect(['111', '000', 'fff'].map((digits) => digitOfBlock([...digits]))).toEqual(['1', '0', 'f']);
    expect(['1f1', '10-', 'h00'].map((digits) => digitOfBlock([...digits]))).toEqual(['h', 'h', 'h']);
    expect(['0f0', '-0-', '---'].map((digits) => digitOfBlock([...digits]))).toEqual(['0', '0', '-']);
  });
});

test('a branch is left out when the other goes on without it', () => {
  expect(isLeftOut({ schedule: { cond: '11' } }, 'uncond')).toBe(true);
  expect(isLeftOut({ schedule: { cond: '1' } }, 'uncond')).toBe(false);
  expect(isLeftOut({ schedule: { cond: '11', uncond: '1' } }, 'uncond')).toBe(false);
  expect(isLeftOut({ schedule: {} }, 'uncond')).toBe(false);
});

describe('what is drawn', () => {
  test('of a report has the blocks that its shape says', () => {
    expect(recordOf(REPORT).blocks).toBe(12);
  });

  test('of a run under way knows the options of its preset', () => {
    const presets = { bwcache: { balanced: { blocks: 2, threshold: 0.1 }, fast: { blocks: 4 } } };
    const run = { ...RECORD, digits: {}, role: 'run' as const };
    const policyOf = (policyOptions: Record<string, string | number>) =>
      liveRecord({ ...run, request: { prompt: 'x', policy: 'bwcache', policyOptions } }, presets).policy.options;
    expect(policyOf({ preset: 'fast', threshold: 0.2 })).toEqual({ blocks: 4, threshold: 0.2 });
    expect(policyOf({})).toEqual({ blocks: 2, threshold: 0.1 });
    expect(policyOf({ threshold: 0.2 })).toEqual({ threshold: 0.2 });
  });
});

test('a run under way shows what each block came to, by the digits that are told', () => {
  const digits = { cond: ['10', '1h', '10', '00'] };
  const run = { ...RECORD, blocks: 2, digits, role: 'run' as const, request: { prompt: 'x' } };
  const { sites } = liveRecord(run);
  expect(sites).toEqual([
    { key: 'cond', site: 'block.0', digits: '1h' },
    { key: 'cond', site: 'block.1', digits: 'h0' },
  ]);
});
