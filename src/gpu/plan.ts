import type { Command } from './command.ts';
import type { Tensor } from './tensor.ts';

/** A buffer to allocate and the tensors that live in it, one after the other. */
export interface Slot {
  readonly bytes: number;
  readonly tensors: readonly Tensor[];
}

/** The buffers of a recording. */
export interface MemoryPlan {
  readonly slots: readonly Slot[];
  /** Their sum. */
  readonly bytes: number;
}

/** When a tensor's value is needed: from its first to its last use, as command indices within one section. */
interface Lifetime {
  readonly section: string;
  readonly first: number;
  readonly last: number;
}

interface OpenSlot {
  readonly bytes: number;
  readonly tensors: Tensor[];
  readonly lifetimes: Lifetime[];
}

/**
 * Assigns tensors to buffers. Whole buffers are shared, never parts: WebGPU forbids a dispatch to read and write
 * different ranges of one buffer. Greedy by size: the largest tensor opens a slot, each smaller one takes the first
 * slot that is free during its lifetime (Pisarchyk and Lee, arXiv 2001.03288, section 4.3).
 */
export function planMemory(
  sections: ReadonlyMap<string, readonly Command[]>,
  temporaries: readonly Tensor[],
  persistent: readonly Tensor[],
): MemoryPlan {
  const lifetimes = findLifetimes(sections);
  const own = [...persistent];
  const slots: OpenSlot[] = [];
  const bySize = [...temporaries].sort((a, b) => b.bytes - a.bytes);
  for (const tensor of bySize) {
    const lifetime = lifetimes.get(tensor);
    if (lifetime === 'crosses sections') own.push(tensor);
    if (lifetime === undefined || lifetime === 'crosses sections') continue;
    let slot = slots.find((candidate) => candidate.lifetimes.every((other) => !overlap(other, lifetime)));
    if (!slot) {
      slot = { bytes: tensor.bytes, tensors: [], lifetimes: [] };
      slots.push(slot);
    }
    slot.tensors.push(tensor);
    slot.lifetimes.push(lifetime);
  }
  const all = [...own.map((tensor) => ({ bytes: tensor.bytes, tensors: [tensor] })), ...slots];
  return { slots: all, bytes: all.reduce((sum, slot) => sum + slot.bytes, 0) };
}

function findLifetimes(sections: ReadonlyMap<string, readonly Command[]>): Map<Tensor, Lifetime | 'crosses sections'> {
  const found = new Map<Tensor, Lifetime | 'crosses sections'>();
  for (const [section, commands] of sections) {
    for (const [index, { tensors }] of commands.entries()) {
      for (const tensor of tensors) {
        const known = found.get(tensor);
        if (known === undefined) found.set(tensor, { section, first: index, last: index });
        else if (known !== 'crosses sections') {
          const same = known.section === section;
          found.set(tensor, same ? { ...known, last: index } : 'crosses sections');
        }
      }
    }
  }
  return found;
}

function overlap(a: Lifetime, b: Lifetime): boolean {
  return a.section === b.section && a.first <= b.last && b.first <= a.last;
}
