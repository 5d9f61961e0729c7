import { untilAborted } from '../abort.ts';
import type { Dispatch } from './command.ts';
import type { ReadyCommand, ReadyDispatch } from './encode.ts';
import type { Gpu } from './gpu.ts';
import { packParams } from './kernel.ts';
import type { BufferRequest } from './memory.ts';
import type { Recording } from './recorder.ts';

/** Offsets of uniform bindings must be multiples of this on every device. */
const UNIFORM_ALIGNMENT = 256;

/**
 * Compiles what recordings need, all at once; `Program`s made later find it done.
 *
 * @param onKernel Called as kernels are done, with how many of how many.
 * @throws {KernelError | DeviceLostError}; `signal.reason` on abort: kernels that have been begun compile on by themselves.
 */
export async function compile(
  gpu: Gpu,
  recordings: readonly Recording[],
  signal?: AbortSignal,
  onKernel?: (done: number, of: number) => void,
): Promise<void> {
  const kernels = new Set(recordings.flatMap(dispatches).map(({ kernel }) => kernel));
  let done = 0;
  const compiling = [...kernels].map(async (kernel) => {
    await gpu.pipelines.get(kernel);
    if (!signal?.aborted) onKernel?.(++done, kernels.size);
  });
  await untilAborted(gpu.orLost(Promise.all(compiling)), signal);
}

/** Bytes that a program of this recording will hold: its buffers and its uniforms. */
export function plannedBytes(recording: Recording): number {
  return recording.plan.bytes + packUniforms(recording).data.byteLength;
}

/** The buffers that a program of this recording will make for its tensors. */
export function plannedBuffers({ label, plan }: Recording): BufferRequest[] {
  return plan.slots.map(({ bytes, tensors }) => ({ label: `${label}/${tensors[0]?.label}`, bytes }));
}

/** A recording with its buffers, pipelines and bind groups: replayed at no cost but encoding. */
export class Program {
  private constructor(
    private readonly gpu: Gpu,
    readonly recording: Recording,
    private readonly buffers: readonly GPUBuffer[],
    private readonly sections: ReadonlyMap<string, readonly ReadyCommand[]>,
    /** Bytes held. */
    readonly bytes: number,
  ) {}

  /**
   * Allocates and compiles a recording. Weights and other tensors from outside must have their buffers already.
   *
   * @throws {LimitError | OutOfMemoryError | KernelError | DeviceLostError}
   */
  static async create(gpu: Gpu, recording: Recording): Promise<Program> {
    const { slots } = recording.plan;
    const uniforms = packUniforms(recording);
    const requests = plannedBuffers(recording);
    const usage = 0x40 | 0x8; // GPUBufferUsage.UNIFORM | COPY_DST
    const uniformRequest = { label: `${recording.label}/params`, bytes: uniforms.data.byteLength, usage };
    const buffers = await gpu.memory.allocate([...requests, uniformRequest]);
    try {
      for (const [i, slot] of slots.entries()) for (const tensor of slot.tensors) tensor.bind(buffers[i]);
      const uniformBuffer = buffers[slots.length] as GPUBuffer;
      gpu.device.queue.writeBuffer(uniformBuffer, 0, uniforms.data);
      const bound = new Map<string, ReadyCommand[]>();
      for (const [section, commands] of recording.sections) {
        const ready = commands.map((command) =>
          command.kind === 'dispatch'
            ? bindDispatch(gpu, command, uniformBuffer, uniforms.offsets.get(command) ?? 0)
            : command,
        );
        bound.set(section, await gpu.orLost(Promise.all(ready)));
      }
      return new Program(gpu, recording, buffers, bound, plannedBytes(recording));
    } catch (error) {
      release(gpu, recording, buffers);
      throw error;
    }
  }

  /** The commands of a section. */
  section(name: string): readonly ReadyCommand[] {
    const commands = this.sections.get(name);
    if (!commands) throw new Error(`${this.recording.label} has no section ${name}`);
    return commands;
  }

  /** The commands of all sections. */
  get allCommands(): ReadyCommand[] {
    return [...this.sections.values()].flat();
  }

  /** The commands of several sections, in order. */
  commands(sections: readonly string[]): ReadyCommand[] {
    return sections.flatMap((name) => this.section(name));
  }

  /** Runs sections at the device's pace: resolves when all is submitted. @throws as `Pacer.run`. */
  async run(...sections: string[]): Promise<void> {
    await this.gpu.pacer.run(this.recording.label, this.commands(sections));
  }

  /** Frees its buffers. */
  dispose(): void {
    release(this.gpu, this.recording, this.buffers);
  }
}

function dispatches(recording: Recording): Dispatch[] {
  return [...recording.sections.values()].flat().filter((command) => command.kind === 'dispatch');
}

/** All dispatches' parameters in one buffer; equal ones share their place. */
function packUniforms(recording: Recording): { data: Uint8Array<ArrayBuffer>; offsets: Map<Dispatch, number> } {
  const places = new Map<string, { offset: number; bytes: Uint8Array }>();
  const offsets = new Map<Dispatch, number>();
  for (const dispatch of dispatches(recording)) {
    const bytes = new Uint8Array(packParams(dispatch.params));
    const key = bytes.join();
    const place = places.get(key) ?? { offset: places.size * UNIFORM_ALIGNMENT, bytes };
    places.set(key, place);
    offsets.set(dispatch, place.offset);
  }
  const data = new Uint8Array(Math.max(1, places.size) * UNIFORM_ALIGNMENT);
  for (const { offset, bytes } of places.values()) data.set(bytes, offset);
  return { data, offsets };
}

async function bindDispatch(gpu: Gpu, dispatch: Dispatch, uniforms: GPUBuffer, offset: number): Promise<ReadyDispatch> {
  const { kernel, tensors } = dispatch;
  const pipeline = await gpu.pipelines.get(kernel);
  const params = { buffer: uniforms, offset, size: packParams(dispatch.params).byteLength };
  const entries = [params, ...tensors.map((tensor) => ({ buffer: tensor.buffer }))];
  const bindGroup = gpu.checked(`a binding of ${kernel.name}`, () =>
    gpu.device.createBindGroup({
      label: kernel.name,
      layout: gpu.pipelines.layout(kernel.access),
      entries: entries.map((resource, binding) => ({ binding, resource })),
    }),
  );
  return { ...dispatch, pipeline, bindGroup };
}

function release(gpu: Gpu, recording: Recording, buffers: readonly GPUBuffer[]): void {
  gpu.memory.free(buffers);
  for (const { tensors } of recording.plan.slots) for (const tensor of tensors) tensor.bind(undefined);
}
