import type { Branch, ForwardKey } from '../../cache/run-shape.ts';
import type { Gpu } from '../../gpu/gpu.ts';
import { elements, type Tensor } from '../../gpu/tensor.ts';
import { upload } from '../../gpu/transfer.ts';
import { FREQ_DIM } from '../../models/dit/conditioning.ts';
import { innerDim } from '../../models/dit/config.ts';
import { ditPositionEmbedding } from '../../models/dit/position-embedding.ts';
import { ditBlockSites } from '../../models/dit/sites.ts';
import type { DiTConditioning, DiTTransformer2DModel } from '../../models/dit/transformer.ts';
import type { ForwardSites } from '../../models/forward-sites.ts';
import { timestepEmbedding } from '../../models/timestep-embedding.ts';
import type { OpContext } from '../../ops/context.ts';
import type { Sampler } from '../../samplers/sampler.ts';
import type { RecordedModel, RunTensors, StartedRun } from '../family.ts';
import type { RunGeometry } from '../run-geometry.ts';

/** What is DiT's of a run: rows of conditioning, for each branch one a step, and the forwards that read them. */
export class DiTRecorded implements RecordedModel<number> {
  readonly sites: ReadonlyMap<ForwardKey, ForwardSites>;
  readonly #conditioning: DiTConditioning;
  readonly #positions: Tensor;
  /** The row of each branch's forward. */
  readonly #rows = new Map<Branch, Tensor>();

  constructor(
    private readonly transformer: DiTTransformer2DModel,
    ops: OpContext,
    private readonly geometry: RunGeometry,
    { state, velocity }: RunTensors,
  ) {
    const { config } = transformer;
    const { branches, steps, latentSize } = geometry;
    const { recorder } = ops;
    const stream = [this.#side ** 2, innerDim(config)];
    this.#conditioning = transformer.recordConditioning(ops, branches.length * steps);
    this.#positions = recorder.persistent('positions', stream);
    const shared = { positions: this.#positions, hiddenStates: recorder.persistent('hiddenStates', stream) };
    const count = config.inChannels * elements(latentSize);
    const forward = (branch: Branch, predictionIndex: number): ForwardSites => {
      const groups = recorder.persistent(`row.${branch}`, [1], 'u32');
      this.#rows.set(branch, groups);
      const inputs = { ...shared, conditioning: this.#conditioning, groups };
      const where = { latents: state, prediction: velocity, predictionIndex };
      return {
        sections: transformer.recordForward(ops, branch, { ...inputs, ...where }),
        stream: shared.hiddenStates,
        grid: [1, this.#side, this.#side],
        latents: { tensor: state, offset: 0, count },
        velocity: { tensor: velocity, offset: predictionIndex * count, count },
        blocks: ditBlockSites(transformer, inputs),
      };
    };
    this.sites = new Map(branches.map((branch, i) => [branch, forward(branch, i)]));
  }

  /** Writes where the tokens are. */
  start(gpu: Gpu): void {
    upload(gpu, this.#positions, ditPositionEmbedding(this.transformer.config, this.#side));
  }

  /** Writes the class of each row: of `uncond` it is the one for none. */
  async condition({ gpu }: StartedRun, label: number): Promise<void> {
    const { branches, steps } = this.geometry;
    const none = this.transformer.config.numEmbedsAdaNorm;
    const labels = branches.flatMap((branch) => Array<number>(steps).fill(branch === 'cond' ? label : none));
    upload(gpu, this.#conditioning.classLabels, Uint32Array.from(labels));
  }

  /** Computes the modulation of all blocks and steps. */
  async prepare({ gpu, program, signal }: StartedRun, { timesteps }: Sampler): Promise<void> {
    const rows = this.geometry.branches.flatMap(() => timesteps);
    upload(gpu, this.#conditioning.sinusoids, timestepEmbedding(rows, FREQ_DIM, 1));
    await gpu.pacer.run('prepare', program.commands(['conditioning']), signal);
  }

  /** Sets the rows that the forwards read. */
  beginStep(gpu: Gpu, step: number): void {
    const { branches, steps } = this.geometry;
    for (const [i, branch] of branches.entries()) {
      upload(gpu, this.#rows.get(branch) as Tensor, Uint32Array.of(i * steps + step));
    }
  }

  get #side(): number {
    const [, rows, columns] = this.geometry.latentSize;
    return this.transformer.tokenSide(rows, columns);
  }
}
