import type { BlockScores, Branch } from 'stillframe';
import { type Became, becameOf, KINDS } from './kinds.ts';
import { type Measured, measuredBy, scoreOfBlock } from './measured.ts';
import type { CacheRecord } from './record.ts';

/** A block, or a type of sub-layer, at a step. */
export interface Cell {
  /** `pending`: not known yet. */
  readonly kind: 'pending' | Became;
  readonly score?: number;
}

/** A branch's heat map: a column a step, a row a block; where sub-layers went different ways, a row for each of these. */
export interface Grid {
  readonly branch: Branch;
  readonly steps: number;
  /** Names of the rows, such as `block 3`. */
  readonly rows: readonly string[];
  /** What a score is about. */
  readonly measured: Measured;
  /** By step, then by row. */
  readonly cells: readonly (readonly Cell[])[];
}

/** A row of the heat map: blocks in a row, or one of their sub-layers. */
interface Row {
  readonly name: string;
  readonly digits: string;
  /** Where its scores are; absent for a sub-layer, which has none. */
  readonly block?: number;
}

const PENDING: Cell = { kind: 'pending' };

/** What is known of a branch. Before a run's first forward it has no rows. */
export function gridOf(record: CacheRecord, branch: Branch): Grid {
  const measured = measuredBy(record);
  const scores = scoresByStep(record, branch);
  const rows = record.sites.filter(({ key }) => key === branch).flatMap(rowsOf);
  const cells = columns(record, (step) => {
    const ofStep = scores.get(step);
    return rows.map(({ digits, block }) => {
      const score = ofStep && block !== undefined ? scoreOfBlock(ofStep, block, measured) : undefined;
      return cellOf(digits[step], score);
    });
  });
  return { branch, steps: record.steps, rows: rows.map(({ name }) => name), measured, cells };
}

/** A row for each block, or one for a sub-layer of all of them. */
function rowsOf({ site, digits }: CacheRecord['sites'][number]): Row[] {
  const [, first, last = first, subLayer] = /^blocks?\.(\d+)(?:-(\d+))?(?:\.(\w+))?$/.exec(site) ?? [];
  if (subLayer !== undefined) {
    const where = first === last ? `block ${first}` : `blocks ${first}–${last}`;
    return [{ name: `${spaced(subLayer)}, ${where}`, digits }];
  }
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, i) => {
    const block = Number(first) + i;
    return { name: `block ${block}`, digits, block };
  });
}

/** `selfAttention` as people write it. */
function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A branch's scores by step. */
export function scoresByStep({ scores }: CacheRecord, branch: Branch): ReadonlyMap<number, BlockScores> {
  return new Map(scores.filter((score) => score.branch === branch).map((score) => [score.step, score]));
}

/** The kinds that occur in grids, in the order of the legend; what was computed and measured the scores' colours tell. */
export function kindsIn(grids: readonly Grid[]): Became[] {
  const all = grids.flatMap(({ cells }) => cells.flat());
  const found = new Set(
    all.filter(({ kind, score }) => kind !== 'computed' || score === undefined).map(({ kind }) => kind),
  );
  return (Object.keys(KINDS) as Became[]).filter((kind) => found.has(kind));
}

function columns({ steps }: CacheRecord, column: (step: number) => readonly Cell[]): Grid['cells'] {
  return Array.from({ length: steps }, (_, step) => column(step));
}

function cellOf(digit: string | undefined, score: number | undefined): Cell {
  if (digit === undefined) return PENDING;
  const kind = becameOf(digit);
  return score === undefined ? { kind } : { kind, score };
}
