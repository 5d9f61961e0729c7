import { DeviceLostError, NoWebGpuError } from '../errors.ts';
import { type Capabilities, describeAdapter, readCapabilities } from './capabilities.ts';
import { encodeCommands, type ReadyCommand } from './encode.ts';
import { requiredLimits } from './limits.ts';
import { GpuMemory } from './memory.ts';
import { Pacer } from './pacer.ts';
import { PipelineCache } from './pipelines.ts';

/** Features that are used where the adapter has them, and never required. */
const OPTIONAL: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];

/** Where the GPU comes from: a device of the caller's, an adapter, or the browser's choice. */
export interface GpuOptions {
  /** A device of the caller's own: used as it is, and never destroyed here. */
  readonly device?: GPUDevice;
  /** An adapter to make a device from; by default the browser's high-performance one. */
  readonly adapter?: GPUAdapter;
}

/** A device with everything that is kept per device: memory, pipelines, and whether it still lives. */
export class Gpu {
  readonly memory: GpuMemory;
  readonly pipelines: PipelineCache;
  /** Submits whatever takes time. */
  readonly pacer: Pacer;
  readonly capabilities: Capabilities;
  /** The adapter in a few words, e.g. `google swiftshader`. */
  readonly adapterName: string;
  /** Rejects when the device is lost; never resolves. */
  readonly lost: Promise<never>;
  #lostError: DeviceLostError | undefined;

  private constructor(
    readonly device: GPUDevice,
    private readonly ownsDevice: boolean,
  ) {
    this.memory = new GpuMemory(device, (work) => this.orLost(work));
    this.pipelines = new PipelineCache(device);
    this.pacer = new Pacer({
      submit: (label, commands) => this.submit(label, commands),
      idle: () => this.idle(),
      now: () => performance.now() / 1000,
    });
    this.capabilities = readCapabilities(device.features as ReadonlySet<string>, device.adapterInfo);
    this.adapterName = describeAdapter(device.adapterInfo);
    this.lost = device.lost.then((info) => {
      this.#lostError = lostError(info.reason, info.message);
      throw this.#lostError;
    });
    // A loss that nobody waits for must not become an unhandled rejection.
    this.lost.catch(() => {});
  }

  /**
   * Gets a device with as much of the adapter's limits as the kernels can use.
   *
   * @throws {NoWebGpuError} when there is no WebGPU or no adapter.
   * @throws {LimitError} when the adapter is too small.
   */
  static async request(options: GpuOptions = {}): Promise<Gpu> {
    if (options.device) return new Gpu(options.device, false);
    const adapter = options.adapter ?? (await defaultAdapter());
    const device = await adapter.requestDevice({
      label: 'stillframe',
      requiredFeatures: OPTIONAL.filter((feature) => adapter.features.has(feature)),
      requiredLimits: requiredLimits(adapter.limits),
    });
    return new Gpu(device, true);
  }

  /** @throws {DeviceLostError} when the device is gone. */
  throwIfLost(): void {
    if (this.#lostError) throw this.#lostError;
  }

  /** Waits for something of the GPU's, or for the loss of the device, which would leave it pending or garbled. */
  async orLost<T>(work: Promise<T>): Promise<T> {
    try {
      const result = await Promise.race([work, this.lost]);
      this.throwIfLost();
      return result;
    } catch (error) {
      throw isNamed(error, 'OperationError') ? this.#gone('GPU process gone', error) : error;
    }
  }

  /**
   * Maps a buffer of `memory` for as long as `use` reads it.
   *
   * @param use Must copy what it keeps: the bytes are gone when it returns.
   * @throws {DeviceLostError}; a `DOMException` when the buffer is freed meanwhile.
   */
  async readMapped<T>(buffer: GPUBuffer, use: (bytes: ArrayBuffer) => T): Promise<T> {
    let bytes: ArrayBuffer;
    try {
      await this.orLost(buffer.mapAsync(1)); // GPUMapMode.READ
      bytes = buffer.getMappedRange();
    } catch (error) {
      // The end of a device unmaps what nobody here has freed, and that shows before `device.lost` resolves.
      const isUnmapped = isNamed(error, 'AbortError') || isNamed(error, 'OperationError');
      throw isUnmapped && this.memory.holds(buffer) ? this.#gone('its buffers are unmapped', error) : error;
    }
    try {
      return use(bytes);
    } finally {
      buffer.unmap();
    }
  }

  /** Submits commands at once, however long they take: `pacer.run` cuts what may take long. @throws {DeviceLostError} */
  submit(label: string, commands: readonly ReadyCommand[]): void {
    this.throwIfLost();
    const encoder = this.device.createCommandEncoder({ label });
    encodeCommands(encoder, commands);
    this.device.queue.submit([encoder.finish()]);
  }

  /** As `idle`, for those who go on to free what was in use: resolves when the device is gone, too. */
  async quiet(): Promise<void> {
    await this.idle().catch(() => {});
  }

  /** Resolves when everything submitted so far has run. */
  async idle(): Promise<void> {
    await this.orLost(this.device.queue.onSubmittedWorkDone());
  }

  /** Frees all memory, and the device if it was made here. */
  dispose(): void {
    this.memory.freeAll();
    if (this.ownsDevice) this.device.destroy();
  }

  /** The loss as a failed call tells it, before `device.lost` does, if it ever does: what follows fails at once. */
  #gone(reason: string, { message }: DOMException): DeviceLostError {
    this.#lostError ??= lostError(reason, message);
    return this.#lostError;
  }
}

function isNamed(error: unknown, name: string): error is DOMException {
  return error instanceof DOMException && error.name === name;
}

function lostError(reason: string, message: string): DeviceLostError {
  return new DeviceLostError(
    `The GPU device was lost (${reason}): ${message.replace(/\.$/, '') || 'no message'}.`,
    'Call pipeline.reload() to go on with a new device.',
  );
}

async function defaultAdapter(): Promise<GPUAdapter> {
  if (typeof navigator === 'undefined' || !navigator.gpu) {
    throw new NoWebGpuError(
      'This browser has no WebGPU.',
      'Use Chrome or Edge 121 or later, Safari 26 or Firefox 141, over https or from localhost.',
    );
  }
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new NoWebGpuError(
      'WebGPU is there, but it offers no adapter.',
      'Turn on hardware acceleration in the browser, update the GPU driver, or start Chrome with --enable-unsafe-webgpu.',
    );
  }
  return adapter;
}
