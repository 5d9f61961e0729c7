import { describe, expect, test } from 'vitest';
import { toCsv } from '../../../demo/history/csv.ts';
import { runsToCsv, runsToJson } from '../../../demo/history/export.ts';
import { pointsOf, spread } from '../../../demo/history/points.ts';
import { type Row, toRow } from '../../../demo/history/row.ts';
import { shortOptions } from '../../../demo/history/short-options.ts';
import { nextOrder, type Order, sortRows } from '../../../demo/history/sort.ts';
import type { Run } from '../../../demo/state/runs.ts';
import fc from '../../support/property.ts';
import { newRun, REPORT } from './runs-support.ts';

const MEASURED = { baseline: 2, speedup: 2.5, psnr: 44.25, ssim: 0.9966, framePsnr: [44.25], frameSsim: [0.9966] };

function run(id: number, changes: Partial<Run> = {}): Run {
  return { ...newRun(), id, key: `key ${id}`, isOwnModel: false, home: undefined, ...changes };
}

/** Reads CSV back by the grammar of RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('sorting', () => {
  const row = (id: number, changes: Partial<Row>): Row => ({ ...toRow(run(id)), ...changes });
  const rows = [row(1, { psnr: 40 }), row(2, { psnr: undefined }), row(3, { psnr: 99 }), row(4, { psnr: 40 })];
  const ids = (order: Order) => sortRows(rows, order).map(({ id }) => id);

  test('what was not measured comes last in both directions, equal ones by number', () => {
    expect(ids({ column: 'psnr', direction: 'ascending' })).toEqual([1, 4, 3, 2]);
    expect(ids({ column: 'psnr', direction: 'descending' })).toEqual([3, 1, 4, 2]);
  });

  test('texts are sorted as texts, with their numbers as numbers', () => {
    const options = ['threshold 10', 'balanced', 'threshold 9'].map((text, i) => row(i, { options: text }));
    const sorted = sortRows(options, { column: 'options', direction: 'ascending' });
    expect(sorted.map((each) => each.options)).toEqual(['balanced', 'threshold 9', 'threshold 10']);
  });

  test('a click turns the order round, or begins that of another column', () => {
    const clicked: Order = { column: 'psnr', direction: 'descending' };
    expect(nextOrder({ column: 'id', direction: 'descending' }, clicked)).toEqual(clicked);
    expect(nextOrder(clicked, clicked)).toEqual({ column: 'psnr', direction: 'ascending' });
  });
});

describe('CSV', () => {
  test('quotes what must be, and nothing else', () => {
    expect(
      toCsv(
        ['a', 'b'],
        [
          [1.5, 'x, "y"\n'],
          [undefined, 'plain'],
        ],
      ),
    ).toBe('a,b\r\n1.5,"x, ""y""\n"\r\n,plain\r\n');
  });

  test('any text can be read back', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', ' ', '“', '=') });
    const table = fc.array(fc.tuple(cell, cell), { maxLength: 5 });
    fc.assert(
      fc.property(table, (rows) => {
        expect(parseCsv(toCsv(['x', 'y'], rows))).toEqual([['x', 'y'], ...rows]);
      }),
    );
  });

  test('a run a line, with its figures at full precision', () => {
    const prompt = 'a "red" circle, moving';
    const runs = [run(1, { report: { ...REPORT, prompt }, measured: MEASURED }), run(2, { role: 'baseline' })];
    const [header = [], ...lines] = parseCsv(runsToCsv(runs));
    const read = lines.map((line) => Object.fromEntries(header.map((name, i) => [name, line[i]])));
    expect(read[0]).toMatchObject({
      run: '1',
      role: 'run',
      prompt,
      speedup: '2.5',
      psnr: '44.25',
      computedShare: '0.5',
    });
    expect(JSON.parse(read[0]?.policyOptions ?? '')).toEqual({ preset: 'balanced' });
    expect(read[1]).toMatchObject({ run: '2', role: 'baseline', speedup: '', psnr: '', ssim: '' });
  });

  test('JSON holds the request, the report and the measures, and no pictures', () => {
    const first = run(1, { measured: MEASURED });
    const [exported] = JSON.parse(JSON.stringify(runsToJson([first])));
    const { id, role, model, request, report, measured } = first;
    expect(exported).toEqual({ id, role, model, request, report, measured });
  });
});

test('options in short', () => {
  expect(shortOptions({ threshold: 0.07, preset: 'balanced' })).toBe('balanced, threshold 0.07');
  expect(shortOptions({ share: 0.43333333 })).toBe('share 0.433');
  expect(shortOptions({ coefficients: [1, 0.5], artifact: { steps: 30 }, repeatable: true })).toBe(
    'coefficients 1 0.5, artifact given, repeatable true',
  );
  expect(shortOptions({})).toBe('defaults');
});

test('only measured runs are points, from slow to fast', () => {
  const runs = [run(1, { measured: MEASURED }), run(2), run(3, { measured: { ...MEASURED, speedup: 1.5 } })];
  expect(pointsOf(runs).map(({ id }) => id)).toEqual([3, 1]);
});

test('an axis has room around its values, and ends without any', () => {
  const room = { margin: 0.5, empty: [0, 1] } as const;
  expect(spread([2, 3], room)).toEqual([1.5, 3.5]);
  expect(spread([2, 3], { ...room, always: [1] })).toEqual([0.5, 3.5]);
  expect(spread([], { ...room, always: [1] })).toEqual([0, 1]);
});
