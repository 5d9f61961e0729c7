import { encodeCommands, type ReadyCommand } from './encode.ts';
import type { Gpu } from './gpu.ts';

/** What one dispatch took. */
export interface DispatchTime {
  /** The kernel's name, such as `matmul.direct.gelu`. */
  readonly kernel: string;
  readonly seconds: number;
}

/** Dispatches to a query set: a set may have 4096 queries, and each dispatch takes two. */
const CHUNK = 2048;

/**
 * Runs commands with each dispatch in a pass of its own, and times it: by timestamps where the device has
 * them (browsers round those to 0.1 ms unless told otherwise), else by waiting for each, which adds a round trip.
 * Slower in sum than `Program.run`.
 *
 * @returns a row for each dispatch, in order.
 * @throws {DeviceLostError}
 */
export async function profile(gpu: Gpu, commands: readonly ReadyCommand[]): Promise<DispatchTime[]> {
  gpu.throwIfFaulty();
  if (!gpu.capabilities.timestamps) return profileByWaiting(gpu, commands);
  const times: DispatchTime[] = [];
  for (let first = 0; first < commands.length; first += CHUNK) {
    times.push(...(await profileByTimestamps(gpu, commands.slice(first, first + CHUNK))));
  }
  return times;
}

async function profileByTimestamps(gpu: Gpu, commands: readonly ReadyCommand[]): Promise<DispatchTime[]> {
  const { device } = gpu;
  const dispatches = commands.filter((command) => command.kind === 'dispatch');
  if (dispatches.length === 0) return [];
  const count = 2 * dispatches.length;
  const querySet = device.createQuerySet({ label: 'profile', type: 'timestamp', count });
  const usage = { resolve: 0x200 | 0x4, readback: 0x1 | 0x8 }; // QUERY_RESOLVE | COPY_SRC; MAP_READ | COPY_DST
  const buffers = await gpu.memory.allocate([
    { label: 'profile/resolve', bytes: count * 8, usage: usage.resolve },
    { label: 'profile/readback', bytes: count * 8, usage: usage.readback },
  ]);
  const [resolve, readback] = buffers as [GPUBuffer, GPUBuffer];
  try {
    const encoder = device.createCommandEncoder({ label: 'profile' });
    let next = 0;
    for (const command of commands) {
      const writes = { querySet, beginningOfPassWriteIndex: next, endOfPassWriteIndex: next + 1 };
      encodeCommands(encoder, [command], writes);
      if (command.kind === 'dispatch') next += 2;
    }
    encoder.resolveQuerySet(querySet, 0, count, resolve, 0);
    encoder.copyBufferToBuffer(resolve, 0, readback, 0, count * 8);
    device.queue.submit([encoder.finish()]);
    await gpu.orLost(readback.mapAsync(1)); // GPUMapMode.READ
    const stamps = new BigUint64Array(readback.getMappedRange());
    return dispatches.map(({ kernel }, i) => {
      const nanoseconds = Number((stamps[2 * i + 1] as bigint) - (stamps[2 * i] as bigint));
      // Clocks of some drivers step back between passes.
      return { kernel: kernel.name, seconds: Math.max(0, nanoseconds) / 1e9 };
    });
  } finally {
    gpu.memory.free(buffers);
    querySet.destroy();
  }
}

async function profileByWaiting(gpu: Gpu, commands: readonly ReadyCommand[]): Promise<DispatchTime[]> {
  const times: DispatchTime[] = [];
  await gpu.idle();
  for (const command of commands) {
    const start = performance.now();
    const encoder = gpu.device.createCommandEncoder({ label: 'profile' });
    encodeCommands(encoder, [command]);
    gpu.device.queue.submit([encoder.finish()]);
    await gpu.idle();
    const seconds = (performance.now() - start) / 1000;
    if (command.kind === 'dispatch') times.push({ kernel: command.kernel.name, seconds });
  }
  return times;
}
