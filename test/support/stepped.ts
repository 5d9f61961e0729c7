import { expect } from 'vitest';
import type { Policy } from '../../src/cache/policy.ts';
import type { ForwardKey } from '../../src/cache/run-shape.ts';
import { ScheduledForwards } from '../../src/executor/scheduled-forwards.ts';
import type { Tensor } from '../../src/gpu/tensor.ts';
import { downloadF32 } from '../../src/gpu/transfer.ts';
import type { TinyRuns } from './wan-runs.ts';

const NEAR = 1e-4;

/** Runs a policy's forwards step by step, on latents that stay as they are; `look` reads what it likes after each. */
export async function stepped(
  tiny: TinyRuns,
  policy: Policy,
  look: (step: number, key: ForwardKey, kept: (slot: string) => Promise<Float32Array>) => Promise<void>,
  steps = 6,
) {
  const { gpu, run: wan, sampler } = tiny;
  const { cache, scheduler } = tiny.cache(policy);
  await tiny.denoise('none');
  await cache.start(gpu);
  const forwards = new ScheduledForwards(cache, scheduler);
  const pacer = gpu.pacer;
  for (let step = 0; step < steps; step++) {
    wan.beginStep(step, sampler, 4);
    for (const key of tiny.shape.keys) {
      await forwards.submit(pacer, step, key);
      const { slots } = cache.parts(key);
      await look(step, key, (slot) => downloadF32(gpu, slots?.tensors(slot)[0] as Tensor));
    }
  }
  cache.stop();
  return scheduler.record;
}

/** The stream of a key's forward, as it is now. */
export const stream = (tiny: TinyRuns, key: ForwardKey) =>
  downloadF32(tiny.gpu, tiny.run.sites.get(key)?.stream as Tensor);

/** The stream before a forward's blocks, and after each. */
export async function streams(tiny: TinyRuns, key: ForwardKey): Promise<Float32Array[]> {
  const { program, sites } = tiny.run;
  const { embed, blocks } = sites.get(key)?.sections ?? { embed: '', blocks: [] };
  const found = [];
  for (const section of [embed, ...blocks]) {
    await program.run(section);
    found.push(await stream(tiny, key));
  }
  return found;
}

/** That a tensor is what a sum in float64 says. */
export function expectNear(ours: Float32Array, wanted: readonly number[]): void {
  for (const [i, value] of wanted.entries()) expect(Math.abs((ours[i] as number) - value)).toBeLessThan(NEAR);
}

/** A weighted sum, in float64. */
export const sum = (...parts: readonly (readonly [number, ArrayLike<number>])[]) =>
  Array.from({ length: parts[0]?.[1].length ?? 0 }, (_, i) =>
    parts.reduce((total, [weight, values]) => total + weight * (values[i] as number), 0),
  );
