import type { Branch } from './policy.ts';
import { type BlockPlan, type StepPlan, SUB_LAYERS, type SubLayer } from './step-plan.ts';

/** By sub-layer type, a digit a step: 1 computed in some block, 0 reused in all. */
export type SubLayerSchedule = Readonly<Record<SubLayer, string>>;

/** Writes down what plans that decide block by block, or finer, compute. */
export class SubLayerRecord {
  readonly #digits = new Map<Branch, Map<SubLayer, string>>();
  #isUsed = false;

  /** A step of a branch, in order. */
  note(branch: Branch, plan: StepPlan): void {
    const blocks = plan.kind === 'blocks' ? plan.blocks : undefined;
    this.#isUsed ||= blocks?.some(({ kind }) => kind === 'subLayers') ?? false;
    const digits = this.#digits.get(branch) ?? new Map<SubLayer, string>();
    this.#digits.set(branch, digits);
    for (const type of SUB_LAYERS) {
      const isComputed = blocks ? blocks.some((block) => computes(block, type)) : plan.kind === 'compute';
      digits.set(type, (digits.get(type) ?? '') + (isComputed ? '1' : '0'));
    }
  }

  /** The schedules by branch; undefined where no sub-layer was decided for itself. */
  get schedules(): Readonly<Partial<Record<Branch, SubLayerSchedule>>> | undefined {
    if (!this.#isUsed) return undefined;
    const entries = [...this.#digits].map(([branch, digits]) => [branch, Object.fromEntries(digits)]);
    return Object.fromEntries(entries);
  }
}

/** Blocks that a plan computes, of `count`: one that is computed in part counts by its sub-layers, a third each. */
export function blocksComputed(plan: StepPlan, count: number): number {
  if (plan.kind !== 'blocks') return plan.kind === 'compute' ? count : 0;
  const subLayers = plan.blocks.flatMap((block) => SUB_LAYERS.filter((type) => computes(block, type)));
  return subLayers.length / SUB_LAYERS.length;
}

function computes(block: BlockPlan, type: SubLayer): boolean {
  return (block.kind === 'subLayers' ? block[type] : block).kind === 'compute';
}
