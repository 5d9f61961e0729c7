import type { Tensor } from '../gpu/tensor.ts';
import type { OpContext } from '../ops/context.ts';
import { gatherRows, scatterRows } from '../ops/move-rows.ts';

/** What a sub-layer reads of each token: its row of the stream, and the row of the modulation that is its. */
export interface TokenRows {
  /** [tokens, width] f32. */
  readonly hiddenStates: Tensor;
  /** [tokens] u32, or [1] for all alike. */
  readonly groups: Tensor;
}

/**
 * Records a sub-layer for some tokens: their rows are gathered, go through it, and are scattered into what is kept of it.
 *
 * @param some `list`, [at least count] u32, tells which, each once; `kept` is [tokens, width] f32, before the gate.
 * @param record Records the sub-layer on those rows, into `out`, as before its gate.
 */
export function recordSomeTokens(
  ops: OpContext,
  { hiddenStates, groups }: TokenRows,
  { list, count, kept }: { readonly list: Tensor; readonly count: number; readonly kept: Tensor },
  record: (rows: TokenRows, out: Tensor) => void,
): void {
  const { recorder } = ops;
  const shape = [count, hiddenStates.shape[1] ?? 0];
  const chosen = recorder.temporary('tokens', shape);
  gatherRows(ops, { x: hiddenStates, list, out: chosen });
  const isShared = groups.shape[0] === 1;
  const own = isShared ? groups : recorder.temporary('tokens.groups', [count], 'u32');
  if (!isShared) gatherRows(ops, { x: groups, list, out: own });
  const out = recorder.temporary('tokens.out', shape);
  record({ hiddenStates: chosen, groups: own }, out);
  scatterRows(ops, { x: out, list, out: kept });
}
