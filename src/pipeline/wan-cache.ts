import type { ConfiguredPolicy } from '../cache/kind.ts';
import type { Branch, RunShape } from '../cache/policy.ts';
import type { Requirements } from '../cache/requirements.ts';
import type { StepPlan } from '../cache/step-plan.ts';
import type { WithinRule } from '../cache/within-rule.ts';
import { LimitError, OutOfMemoryError } from '../errors.ts';
import type { ReadyCommand } from '../gpu/encode.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Recording } from '../gpu/recorder.ts';
import type { WanTransformer3DModel } from '../models/wan/transformer.ts';
import type { OpContext } from '../ops/context.ts';
import { BlockProbe } from './block-probe.ts';
import { GpuDecidedForward } from './gpu-decided.ts';
import { StackResidual } from './stack-residual.ts';
import { SubLayerCache } from './sub-layer-cache.ts';
import { branchesOf, type WanRun } from './wan-run.ts';
import type { WithinForward } from './within-forward.ts';
import { WithinProbe } from './within-probe.ts';
import { WithinSections } from './within-sections.ts';

/** Makes what runs a branch's forwards that decide for themselves. */
export type MakeWithinForward = (...parts: ConstructorParameters<typeof GpuDecidedForward>) => WithinForward;

/** What a branch keeps. */
interface BranchCache {
  readonly residual?: StackResidual;
  readonly subLayers?: SubLayerCache;
  readonly probe?: BlockProbe;
  readonly withinProbe?: WithinProbe;
  /** After what its forwards are made of: allocated in this order. */
  readonly within?: WithinForward;
}

/** What is kept for a branch, each allocated and freed by itself. */
type Part = StackResidual | SubLayerCache | BlockProbe | WithinProbe | WithinForward;

/** What a run keeps for its policy, and the commands that a forward comes to by the policy's plan. */
export class WanCache {
  readonly #branches = new Map<Branch, BranchCache>();
  readonly #requirements: Requirements;

  /** Records what the policy requires; memory comes with `start`. */
  constructor(
    private readonly run: WanRun,
    private readonly configured: ConfiguredPolicy,
    { blocks }: WanTransformer3DModel,
    ops: Omit<OpContext, 'recorder'>,
    makeWithin: MakeWithinForward = (...parts) => new GpuDecidedForward(...parts),
  ) {
    const { blockInputs } = run;
    this.#requirements = configured.policy.requirements(runShape(run));
    const { residual: kind, subLayers, probe, within: rule } = this.#requirements;
    for (const [branch, keysValues] of run.keysValues) {
      const residual = kind === 'stack' && new StackResidual(`cache.${branch}`, ops, blockInputs.hiddenStates);
      const isMeasured = probe && (probe.branches ?? [branch]).includes(branch);
      this.#branches.set(branch, {
        ...(residual && { residual }),
        ...(subLayers && { subLayers: new SubLayerCache(`cache.${branch}`, ops, blocks, blockInputs, keysValues) }),
        ...(isMeasured && { probe: new BlockProbe(`probe.${branch}`, ops, probe, blocks, blockInputs) }),
        ...(rule && residual && decided(run, branch, ops, rule, blocks, residual, makeWithin)),
      });
    }
  }

  /** GPU bytes that `start` allocates, of all branches. */
  get plannedBytes(): number {
    return this.#parts.reduce((sum, { plannedBytes }) => sum + plannedBytes, 0);
  }

  /** What `start` will allocate. */
  get recordings(): Recording[] {
    return this.#parts.flatMap((part) => ('recordings' in part ? part.recordings : [part.recording]));
  }

  /**
   * Allocates it, after the run.
   *
   * @throws {LimitError | OutOfMemoryError} with the options that make it smaller, when it does not fit.
   */
  async start(gpu: Gpu): Promise<void> {
    try {
      for (const part of this.#parts) await part.start(gpu);
    } catch (error) {
      this.stop();
      if (!(error instanceof LimitError || error instanceof OutOfMemoryError)) throw error;
      const Kind = error instanceof LimitError ? LimitError : OutOfMemoryError;
      const what = `The cache of ${this.configured.name} (${this.plannedBytes} bytes) does not fit. ${error.problem}`;
      throw new Kind(what, this.#requirements.remedy, { cause: error });
    }
  }

  /** The commands of a forward. Of a plan that reuses: patch embedding, one sum, head, and no block. */
  commands(branch: Branch, plan: StepPlan): ReadyCommand[] {
    const { program, forwards } = this.run;
    const { embed, blocks, head } = forwards.get(branch) ?? {};
    const { residual, subLayers, probe } = this.#branches.get(branch) ?? {};
    if (!embed || !blocks || !head) throw new Error(`the run has no branch ${branch}`);
    const [first, last] = [program.section(embed), program.section(head)];
    if (plan.kind === 'reuse' && plan.order === 0 && residual) return [...first, ...residual.section('add'), ...last];
    if (plan.kind === 'blocks' && subLayers) return [...first, ...subLayers.commands(plan.blocks), ...last];
    if (plan.kind !== 'compute') throw new Error(`${this.configured.name}: a plan to ${plan.kind} is not built`);
    const stack = blocks.map((name) => program.section(name));
    return [
      ...first,
      ...(residual?.section('keep') ?? []),
      ...(plan.measure && probe ? probe.measured(stack) : stack.flat()),
      ...(residual?.section('refresh') ?? []),
      ...last,
    ];
  }

  /** What measures a branch. */
  probe(branch: Branch): BlockProbe | undefined {
    return this.#branches.get(branch)?.probe;
  }

  /** What a branch reuses. */
  residual(branch: Branch): StackResidual | undefined {
    return this.#branches.get(branch)?.residual;
  }

  /** The sub-layers that a branch keeps. */
  subLayers(branch: Branch): SubLayerCache | undefined {
    return this.#branches.get(branch)?.subLayers;
  }

  /** What runs a branch's forwards that decide for themselves. */
  within(branch: Branch): WithinForward | undefined {
    return this.#branches.get(branch)?.within;
  }

  /** Frees it. */
  stop(): void {
    for (const part of this.#parts) part.stop();
  }

  get #parts(): Part[] {
    return [...this.#branches.values()].flatMap(({ residual, subLayers, probe, withinProbe, within }) =>
      [residual, subLayers, probe, withinProbe, within].filter((part) => part !== undefined),
    );
  }
}

/** What a branch that decides within its steps keeps besides the residual. */
function decided(
  run: WanRun,
  branch: Branch,
  ops: Omit<OpContext, 'recorder'>,
  rule: WithinRule,
  blocks: WanTransformer3DModel['blocks'],
  residual: StackResidual,
  makeWithin: MakeWithinForward,
): Required<Pick<BranchCache, 'withinProbe' | 'within'>> {
  const withinProbe = new WithinProbe(`within.${branch}`, ops, rule, blocks, run.blockInputs);
  const sections = new WithinSections(run, branch, rule, withinProbe, residual);
  return { withinProbe, within: makeWithin(`decide.${branch}`, ops, rule, sections, withinProbe.scores) };
}

/** What a policy may know of a run. */
export function runShape({ geometry, forwards }: WanRun): RunShape {
  const blocks = Math.max(...[...forwards.values()].map((forward) => forward.blocks.length));
  return { steps: geometry.steps, branches: branchesOf(geometry), blocks };
}
