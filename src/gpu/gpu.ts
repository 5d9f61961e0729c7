import { causeMessage, NoWebGpuError, StillframeError } from '../errors.ts';
import { type Capabilities, describeAdapter, readCapabilities } from './capabilities.ts';
import { encodeCommands, type ReadyCommand } from './encode.ts';
import { DeviceFaults, isNamed } from './faults.ts';
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
  /** Checks each submission by itself, so that a `KernelError` names it. Default: off. */
  readonly debug?: boolean;
}

/** A device with everything that is kept per device: memory, pipelines, pace, and what has gone wrong with it. */
export class Gpu {
  readonly memory: GpuMemory;
  readonly pipelines: PipelineCache;
  /** Submits whatever takes time. */
  readonly pacer: Pacer;
  readonly capabilities: Capabilities;
  /** The adapter in a few words, e.g. `google swiftshader`. */
  readonly adapterName: string;
  readonly #faults: DeviceFaults;

  private constructor(
    readonly device: GPUDevice,
    private readonly ownsDevice: boolean,
    private readonly debug: boolean,
  ) {
    this.#faults = new DeviceFaults(device, ownsDevice);
    this.memory = new GpuMemory(device, (work) => this.orLost(work));
    this.pipelines = new PipelineCache(device);
    this.pacer = new Pacer({
      submit: (label, commands) => this.submit(label, commands),
      idle: () => this.#faults.untilLost(device.queue.onSubmittedWorkDone()),
      now: () => performance.now() / 1000,
    });
    this.capabilities = readCapabilities(device.features as ReadonlySet<string>, device.adapterInfo);
    this.adapterName = describeAdapter(device.adapterInfo);
  }

  /**
   * Gets a device with as much of the adapter's limits as the kernels can use.
   *
   * @throws {NoWebGpuError} when there is no WebGPU, no adapter, or none that still gives a device.
   * @throws {LimitError} when the adapter is too small.
   */
  static async request(options: GpuOptions = {}): Promise<Gpu> {
    const { debug = false } = options;
    if (options.device) return new Gpu(options.device, false, debug);
    const adapter = options.adapter ?? (await defaultAdapter());
    const descriptor: GPUDeviceDescriptor = {
      label: 'stillframe',
      requiredFeatures: OPTIONAL.filter((feature) => adapter.features.has(feature)),
      requiredLimits: requiredLimits(adapter.limits),
    };
    const device = await adapter.requestDevice(descriptor).catch((cause: unknown) => {
      throw new NoWebGpuError(
        `The adapter ${describeAdapter(adapter.info)} gives no device: ${causeMessage(cause).split('\n')[0]}.`,
        'An adapter makes one device: pass one that has made none, or none at all.',
        { cause },
      );
    });
    return new Gpu(device, true, debug);
  }

  /** Whether the device is gone. */
  get isLost(): boolean {
    return this.#faults.isLost;
  }

  /** Aborted when the device is let go of: what still uses it must stop. */
  get ended(): AbortSignal {
    return this.#faults.ended;
  }

  /**
   * @throws what `end` was told; {DeviceLostError} when the device is gone; {KernelError} once for what it has refused.
   */
  throwIfFaulty(): void {
    this.#faults.throwIfAny();
  }

  /** Waits for something of the GPU's, or for the loss of the device. @throws as `throwIfFaulty`. */
  orLost<T>(work: Promise<T>): Promise<T> {
    return this.#faults.orLost(work);
  }

  /** Does what WebGPU may refuse; in debug, what it refuses is known by `label`. @throws as `throwIfFaulty`. */
  checked<T>(label: string, work: () => T): T {
    this.throwIfFaulty();
    if (!this.debug) return work();
    this.device.pushErrorScope('validation');
    try {
      return work();
    } finally {
      this.device.popErrorScope().then(
        (error) => error && this.#faults.refuse(`The GPU refused ${label}: ${error.message}`, error),
        // A lost device has no scopes; that it is lost is known.
        () => {},
      );
    }
  }

  /** Submits commands at once, however long they take: `pacer.run` cuts what may take long. @throws as `throwIfFaulty`. */
  submit(label: string, commands: readonly ReadyCommand[]): void {
    this.checked(`submission ${label}${this.debug ? kernelsOf(commands) : ''}`, () => {
      const encoder = this.device.createCommandEncoder({ label });
      encodeCommands(encoder, commands);
      this.device.queue.submit([encoder.finish()]);
    });
  }

  /**
   * Maps a buffer of `memory` for as long as `use` reads it.
   *
   * @param use Must copy what it keeps: the bytes are gone when it returns. Not called after an abort.
   * @throws as `throwIfFaulty`; `signal.reason` on abort, at once; a `DOMException` when the buffer is freed meanwhile.
   */
  async readMapped<T>(buffer: GPUBuffer, use: (bytes: ArrayBuffer) => T, signal?: AbortSignal): Promise<T> {
    const cancel = () => buffer.unmap();
    let bytes: ArrayBuffer;
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      await this.orLost(buffer.mapAsync(1)); // GPUMapMode.READ
      signal?.throwIfAborted();
      bytes = buffer.getMappedRange();
    } catch (error) {
      signal?.throwIfAborted();
      // The end of a device unmaps what nobody here has freed, and that shows before `device.lost` resolves.
      const isUnmapped = isNamed(error, 'AbortError') || isNamed(error, 'OperationError');
      throw isUnmapped && this.memory.holds(buffer) ? this.#faults.gone('its buffers are unmapped', error) : error;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
    try {
      return use(bytes);
    } finally {
      buffer.unmap();
    }
  }

  /** Resolves when everything submitted so far has run. @throws as `throwIfFaulty`. */
  async idle(): Promise<void> {
    await this.orLost(this.device.queue.onSubmittedWorkDone());
  }

  /** As `idle`, for those who go on to free what was in use: resolves when the device is gone, too. */
  async quiet(): Promise<void> {
    await this.#faults.untilLost(this.device.queue.onSubmittedWorkDone()).catch(() => {});
  }

  /** Tells all that use the device to stop, before `dispose`; they reject with `reason`. */
  end(reason: StillframeError): void {
    this.#faults.end(reason);
  }

  /** Frees all memory, and the device if it was made here. */
  dispose(): void {
    if (!this.ended.aborted) this.end(new StillframeError('The GPU was let go of.', 'Load the model again.'));
    this.memory.freeAll();
    if (this.ownsDevice) this.device.destroy();
  }
}

/** Which kernels a submission runs, in brackets, each once. */
function kernelsOf(commands: readonly ReadyCommand[]): string {
  const names = new Set(commands.map((command) => (command.kind === 'dispatch' ? command.kernel.name : command.kind)));
  return ` (${[...names].join(', ')})`;
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
