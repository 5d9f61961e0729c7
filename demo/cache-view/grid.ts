import type { BlockScores, Branch, SubLayer } from 'stillframe';
import { type Measured, measuredBy, scoreOfBlock } from './measured.ts';
import type { CacheRecord } from './record.ts';

/** A block, or a type of sub-layer, at a step. */
export interface Cell {
  /** `pending`: not known yet. */
  readonly kind: 'pending' | 'reused' | 'computed';
  readonly score?: number;
}

/** A branch's heat map: a column a step, a row a block; for a policy that decides sub-layers, a row a type of these. */
export interface Grid {
  readonly branch: Branch;
  readonly steps: number;
  /** Names of the rows, such as `block 3`. */
  readonly rows: readonly string[];
  /** Whether a score is one block's, or the whole step's. */
  readonly measured: Measured;
  /** By step, then by row. */
  readonly cells: readonly (readonly Cell[])[];
}

/** Blocks that run also in steps that reuse the others: first-block cache measures what the first one adds. */
const ALWAYS_COMPUTED: Readonly<Record<string, number>> = { fbcache: 1 };

const SUB_LAYER_NAMES: Readonly<Record<SubLayer, string>> = {
  selfAttention: 'self-attention',
  crossAttention: 'cross-attention',
  mlp: 'MLP',
};

const PENDING: Cell = { kind: 'pending' };

/** What is known of a branch. Before a run's first forward it has no rows. */
export function gridOf(record: CacheRecord, branch: Branch): Grid {
  const measured = measuredBy(record);
  const subLayers = record.subLayers?.[branch];
  if (!subLayers) return blockGrid(record, branch, measured);
  const types = ['selfAttention', 'crossAttention', 'mlp'] as const;
  const cells = columns(record, (step) => types.map((type) => cellOf(subLayers[type][step], undefined)));
  return { branch, steps: record.steps, rows: types.map((type) => SUB_LAYER_NAMES[type]), measured, cells };
}

function blockGrid(record: CacheRecord, branch: Branch, measured: Measured): Grid {
  const { schedule, policy, blocks, steps } = record;
  const digits = schedule[branch] ?? '';
  const scores = scoresByStep(record, branch);
  const always = ALWAYS_COMPUTED[policy.name] ?? 0;
  const numbers = Array.from({ length: blocks }, (_, block) => block);
  const cells = columns(record, (step) => {
    const ofStep = scores.get(step);
    return numbers.map((block) => {
      const digit = digits[step] === '0' && block < always ? '1' : digits[step];
      return cellOf(digit, ofStep && scoreOfBlock(ofStep, block, measured));
    });
  });
  return { branch, steps, rows: numbers.map((block) => `block ${block}`), measured, cells };
}

/** A branch's scores by step. */
export function scoresByStep({ scores }: CacheRecord, branch: Branch): ReadonlyMap<number, BlockScores> {
  return new Map(scores.filter((score) => score.branch === branch).map((score) => [score.step, score]));
}

function columns({ steps }: CacheRecord, column: (step: number) => readonly Cell[]): Grid['cells'] {
  return Array.from({ length: steps }, (_, step) => column(step));
}

function cellOf(digit: string | undefined, score: number | undefined): Cell {
  if (digit === undefined) return PENDING;
  const kind = digit === '0' ? 'reused' : 'computed';
  return score === undefined ? { kind } : { kind, score };
}
