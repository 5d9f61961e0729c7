import { type Command, VALUE_WORK, type Workgroups } from './command.ts';
import type { Kernel, Param } from './kernel.ts';
import { type MemoryPlan, planMemory } from './plan.ts';
import { type Dtype, elements, Tensor } from './tensor.ts';

/** What a recorder has written down: everything but buffers. */
export interface Recording {
  readonly label: string;
  /** Commands by section, in the order recorded. */
  readonly sections: ReadonlyMap<string, readonly Command[]>;
  /** The buffers that the temporaries and persistent tensors need. */
  readonly plan: MemoryPlan;
}

/** Most workgroups that a dispatch may have in a dimension on every device. */
const MAX_WORKGROUPS = 65535;

/**
 * Writes down what a run will do, section by section, before anything is allocated. Sections are what a scheduler
 * dispatches or skips: a temporary that is used in one section only shares its memory with those of others; one that
 * crosses sections keeps its own.
 */
export class Recorder {
  readonly #sections = new Map<string, Command[]>();
  readonly #temporaries: Tensor[] = [];
  readonly #persistent: Tensor[] = [];
  #open: Command[] | undefined;

  constructor(readonly label: string) {}

  /** Records what `body` does as the section `name`; sections do not nest, and a name is used once. */
  section<T>(name: string, body: () => T): T {
    if (this.#open) throw new Error(`section ${name} opened inside another`);
    if (this.#sections.has(name)) throw new Error(`section ${name} recorded twice`);
    this.#open = [];
    this.#sections.set(name, this.#open);
    try {
      return body();
    } finally {
      this.#open = undefined;
    }
  }

  /** A tensor whose value lasts from its first use to its last. */
  temporary(label: string, shape: readonly number[], dtype: Dtype = 'f32'): Tensor {
    const tensor = new Tensor(label, dtype, shape);
    this.#temporaries.push(tensor);
    return tensor;
  }

  /** A tensor that keeps its value for the program's life; the host may write and read it. */
  persistent(label: string, shape: readonly number[], dtype: Dtype = 'f32'): Tensor {
    const tensor = new Tensor(label, dtype, shape);
    this.#persistent.push(tensor);
    return tensor;
  }

  /**
   * Records a kernel launch.
   *
   * @param work Multiply-adds, for a kernel with a loop over more than its own values; else of all values of its tensors.
   */
  dispatch(
    kernel: Kernel,
    tensors: readonly Tensor[],
    params: readonly Param[],
    workgroups: Workgroups,
    work = tensors.reduce((sum, { shape }) => sum + VALUE_WORK * elements(shape), 0),
  ): void {
    if (tensors.length !== kernel.access.length) {
      throw new Error(`${kernel.name} takes ${kernel.access.length} tensors, not ${tensors.length}`);
    }
    if (workgroups.some((count) => count < 1 || count > MAX_WORKGROUPS || !Number.isInteger(count))) {
      throw new Error(`${kernel.name}: ${workgroups.join(' x ')} workgroups; each must be 1 to ${MAX_WORKGROUPS}`);
    }
    this.#push({ kind: 'dispatch', kernel, tensors, params, workgroups, work });
  }

  /** Records a copy of `bytes` bytes (a multiple of 4). */
  copy(from: Tensor, to: Tensor, bytes: number, fromOffset = 0, toOffset = 0): void {
    this.#push({ kind: 'copy', tensors: [from, to], fromOffset, toOffset, bytes });
  }

  /** Records filling a tensor with zeros. */
  clear(tensor: Tensor): void {
    this.#push({ kind: 'clear', tensors: [tensor] });
  }

  /** Ends recording and plans the memory. */
  finish(): Recording {
    return {
      label: this.label,
      sections: this.#sections,
      plan: planMemory(this.#sections, this.#temporaries, this.#persistent),
    };
  }

  #push(command: Command): void {
    if (!this.#open) throw new Error('recorded outside a section');
    this.#open.push(command);
  }
}
