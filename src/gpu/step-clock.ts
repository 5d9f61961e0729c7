import type { Gpu } from './gpu.ts';
import type { Tensor } from './tensor.ts';

/** Most queries of a set. */
const MAX_QUERIES = 4096;

/** Bytes of a timestamp. */
const STAMP_BYTES = 8;

/** Does nothing, but where it binds a tensor it runs after all that wrote that, as an empty pass need not. */
const MARK = `
@group(0) @binding(0) var<storage, read_write> after: array<u32>;
@compute @workgroup_size(1) fn main() { _ = &after; }`;

/** GPU time of each of a run's steps, by two timestamps a step that are read once, at the end. */
export class StepClock {
  readonly #stamps: GPUQuerySet;

  private constructor(
    private readonly gpu: Gpu,
    private readonly steps: number,
    private readonly pipeline: GPUComputePipeline,
    private readonly bindGroup: GPUBindGroup,
  ) {
    this.#stamps = gpu.device.createQuerySet({ label: 'steps', type: 'timestamp', count: 2 * steps });
  }

  /**
   * A clock for steps that end with a write of `result`, a tensor with its buffer; undefined where the device has no
   * timestamps, or a query set no room for so many steps.
   *
   * @throws {DeviceLostError}
   */
  static async create(gpu: Gpu, steps: number, result: Tensor): Promise<StepClock | undefined> {
    if (!StepClock.plannedBytes(gpu, steps)) return undefined;
    const { device } = gpu;
    const module = device.createShaderModule({ label: 'mark', code: MARK });
    const pipeline = await gpu.orLost(
      device.createComputePipelineAsync({ label: 'mark', layout: 'auto', compute: { module } }),
    );
    const layout = pipeline.getBindGroupLayout(0);
    const entries = [{ binding: 0, resource: { buffer: result.buffer } }];
    return new StepClock(gpu, steps, pipeline, device.createBindGroup({ label: 'mark', layout, entries }));
  }

  /** GPU bytes that `read` holds for as long as it takes; 0 where there is no clock. */
  static plannedBytes({ capabilities }: Gpu, steps: number): number {
    return capabilities.timestamps && 2 * steps <= MAX_QUERIES ? 2 * 2 * steps * STAMP_BYTES : 0;
  }

  /** Before a step's first command. */
  begin(step: number): void {
    this.#mark({ querySet: this.#stamps, beginningOfPassWriteIndex: 2 * step });
  }

  /** After a step's last command. */
  end(step: number): void {
    this.#mark({ querySet: this.#stamps, endOfPassWriteIndex: 2 * step + 1 });
  }

  /**
   * The seconds of each step, once all have ended; undefined where the driver's timestamps are none.
   *
   * @throws {OutOfMemoryError | DeviceLostError}
   */
  async read(): Promise<number[] | undefined> {
    const { gpu, steps } = this;
    const bytes = 2 * steps * STAMP_BYTES;
    const buffers = await gpu.memory.allocate([
      { label: 'steps/resolve', bytes, usage: 0x200 | 0x4 }, // GPUBufferUsage.QUERY_RESOLVE | COPY_SRC
      { label: 'steps/readback', bytes, usage: 0x1 | 0x8 }, // MAP_READ | COPY_DST
    ]);
    const [resolve, readback] = buffers as [GPUBuffer, GPUBuffer];
    try {
      const encoder = gpu.device.createCommandEncoder({ label: 'steps' });
      encoder.resolveQuerySet(this.#stamps, 0, 2 * steps, resolve, 0);
      encoder.copyBufferToBuffer(resolve, 0, readback, 0, bytes);
      gpu.device.queue.submit([encoder.finish()]);
      return await gpu.readMapped(readback, (mapped) => secondsBetween(new BigUint64Array(mapped)));
    } finally {
      gpu.memory.free(buffers);
    }
  }

  /** Frees the timestamps. */
  dispose(): void {
    this.#stamps.destroy();
  }

  #mark(timestampWrites: GPUComputePassTimestampWrites): void {
    this.gpu.throwIfFaulty();
    const encoder = this.gpu.device.createCommandEncoder({ label: 'mark' });
    const pass = encoder.beginComputePass({ label: 'mark', timestampWrites });
    pass.setPipeline(this.pipeline);
    pass.setBindGroup(0, this.bindGroup);
    pass.dispatchWorkgroups(1);
    pass.end();
    this.gpu.device.queue.submit([encoder.finish()]);
  }
}

/**
 * Seconds from each even timestamp to the next one, in nanoseconds; undefined where one is zero or before the one before
 * it, as with drivers that do not keep time.
 */
export function secondsBetween(stamps: BigUint64Array): number[] | undefined {
  const seconds: number[] = [];
  let last = 1n;
  for (const [i, stamp] of stamps.entries()) {
    if (stamp < last) return undefined;
    if (i % 2 === 1) seconds.push(Number(stamp - last) / 1e9);
    last = stamp;
  }
  return seconds;
}
