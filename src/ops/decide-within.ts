import source from '../../shaders/decide_within.wgsl';
import { f32 } from '../gpu/kernel.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import { UNKNOWN_SCORE } from './block-diff.ts';
import type { OpContext } from './context.ts';
import { makeKernel } from './kernel.ts';
import { MOST_COEFFICIENTS, type VerdictRule } from './verdict-rule.ts';

/**
 * Records a verdict by a rule, and with it the workgroup counts of what follows.
 *
 * @param args.scores f32: the first is the step's. @param args.control [1] u32: 1 to compute whatever is measured.
 * @param args.counts [rows, 3] u32. @param args.args [rows, 3] u32: of these, the rows of the outcome; zeros elsewhere.
 * @param args.reusing The first row of what runs when the step reuses. @param args.state [5] f32, zeros before the first step.
 * @param args.limits Most steps reused in a row, and in all.
 * @param args.gain f32: the score counts times the first of `times`, over the first of `over`.
 * @param args.verdict [2] f32: the score, and 1 when the step computes, else 0.
 * @throws when the sizes differ or the polynomial is too long.
 */
export function decideWithin(
  { recorder }: OpContext,
  args: {
    readonly rule: VerdictRule;
    readonly limits: { readonly inARow: number; readonly inAll: number };
    readonly scores: Tensor;
    readonly control: Tensor;
    readonly counts: Tensor;
    readonly reusing: number;
    readonly state: Tensor;
    readonly verdict: Tensor;
    readonly args: Tensor;
    readonly gain?: { readonly times: Tensor; readonly over: Tensor };
  },
): void {
  const { rule, limits, scores, control, counts, reusing, state, verdict, gain } = args;
  const gains = gain ? [gain.times, gain.over] : [];
  if (elements(counts.shape) !== elements(args.args.shape))
    throw new Error(`[${counts.shape}] into [${args.args.shape}]`);
  const { polynomial, accumulates, threshold, isStrict, countsLoosely = false, cap = UNKNOWN_SCORE } = rule;
  const missing = MOST_COEFFICIENTS - polynomial.length;
  if (missing < 0) throw new Error(`${polynomial.length} coefficients`);
  const coefficients = [...new Array<number>(missing).fill(0), ...polynomial].map(f32);
  const kernel = makeKernel('decide_within', source, { GAIN: gain !== undefined }, [
    ...(['read', 'read', 'read', 'write', 'write', 'write'] as const),
    ...gains.map(() => 'read' as const),
  ]);
  const flags = [Number(isStrict), Number(accumulates)];
  const most = [limits.inARow, limits.inAll].map((count) => f32(Math.min(count, UNKNOWN_SCORE)));
  const padding = [0, 0, 0];
  recorder.dispatch(
    kernel,
    [scores, control, counts, state, verdict, args.args, ...gains],
    [
      counts.shape[0] ?? 0,
      reusing,
      f32(Math.min(threshold, UNKNOWN_SCORE)),
      ...flags,
      ...most,
      Number(countsLoosely),
      f32(Math.min(cap, UNKNOWN_SCORE)),
      ...padding,
      ...coefficients,
    ],
    [1, 1, 1],
  );
}
