import type { ScaleShift } from '../cache/action.ts';
import type { Slot } from '../cache/declaration.ts';
import type { Branch, RunShape } from '../cache/run-shape.ts';
import { parseSite } from '../cache/site.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { Recorder } from '../gpu/recorder.ts';
import { upload } from '../gpu/transfer.ts';
import type { ForwardSites } from '../models/forward-sites.ts';
import type { OpContext } from '../ops/context.ts';
import type { Piece } from './piece.ts';
import { RecordedPart } from './recorded-part.ts';
import { keptSlot } from './slots/index.ts';
import type { KeptSlot } from './slots/kept-slot.ts';

/** The slots of a forward key that are restored, recorded together; those that are compared are their measurement's. */
export class KeptSlots extends RecordedPart {
  readonly #slots: ReadonlyMap<string, KeptSlot>;
  /** Sub-layers that run by themselves and are not kept, by site. */
  readonly #plain: ReadonlySet<string>;
  /** By slot, the place that was filled last. */
  readonly #newest = new Map<string, number>();

  /**
   * @param slots Of the key.
   * @param apart Others, whose blocks run by sub-layers as well where they are of one.
   * @param others Forwards by branch, for slots that are relative to one.
   * @param first Of the branch that comes first, whose places shared slots have.
   */
  constructor(
    label: string,
    ops: Omit<OpContext, 'recorder'>,
    slots: readonly Slot[],
    apart: readonly Slot[],
    run: RunShape,
    forward: ForwardSites,
    others: (branch: Branch) => ForwardSites | undefined,
    first?: KeptSlots,
  ) {
    const recorder = new Recorder(label);
    const context = { ...ops, recorder };
    const parsed = slots.map((slot) => ({ slot, site: parseSite(slot.site, run) }));
    const kept = new Map(
      parsed.map(({ slot, site }) => {
        const base = slot.relativeTo && slot.relativeTo !== 'latents' ? others(slot.relativeTo) : undefined;
        const shared = slot.isShared && first?.tensors(slot.name);
        const about = { ops: context, slot, site, forward, ...(base && { base }), ...(shared && { shared }) };
        return [slot.name, keptSlot(about)];
      }),
    );
    const plain = new Set<string>();
    // A block that is taken apart runs by sub-layers: those that keep themselves, and the others.
    const sites = [...slots, ...apart].map(({ site }) => parseSite(site, run));
    for (const block of new Set(sites.flatMap((site) => ('subLayer' in site ? [site.block] : [])))) {
      for (const [type, subLayer] of Object.entries(forward.blocks[block]?.subLayers ?? {})) {
        const name = `block.${block}.${type}`;
        const keepsItself = parsed.some(
          ({ slot, site }) =>
            'subLayer' in site && `block.${site.block}.${site.subLayer}` === name && slot.value !== 'residual',
        );
        if (keepsItself) continue;
        recorder.section(name, () => subLayer.record(context));
        plain.add(name);
      }
    }
    super(recorder.finish());
    this.#slots = kept;
    this.#plain = plain;
  }

  override async start(gpu: Gpu): Promise<void> {
    await super.start(gpu);
    this.#newest.clear();
    for (const { constants = [] } of this.#slots.values()) {
      for (const [tensor, values] of constants) upload(gpu, tensor, values);
    }
  }

  /** Runs `inner`, the actions of a keep, and fills the slot's next place; `filled` says that it has. */
  keep(name: string, inner: readonly Piece[]): Piece[] {
    const sections = this.#slot(name).keep[this.#next(name)];
    if (!sections) return [...inner];
    if ('instead' in sections) return sections.instead.map((section) => this.piece(section));
    return [
      ...sections.before.map((section) => this.piece(section)),
      ...inner,
      ...sections.after.map((section) => this.piece(section)),
    ];
  }

  /** Takes what the slot has, and keeps what that came to. */
  keepRestored(name: string): Piece[] {
    const sections = this.#slot(name).keepRestored?.[this.#next(name)];
    if (!sections) throw new Error(`slot ${name} cannot keep what it forecasts`);
    return sections.map((section) => this.piece(section));
  }

  /** The slot's next place has been filled: it is the newest now. */
  filled(name: string): void {
    this.#newest.set(name, this.#next(name));
  }

  /** Takes what the slot has. */
  restore(name: string): Piece[] {
    return this.#slot(name).restore.map((section) => this.piece(section));
  }

  /** A sub-layer that runs by itself; undefined where it has no section here. */
  subLayer(site: string): Piece | undefined {
    return this.#plain.has(site) ? this.piece(site) : undefined;
  }

  /** Whether a keep of the slot runs its site itself. */
  runsItself(name: string): boolean {
    return this.#slot(name).keep.some((sections) => 'instead' in sections);
  }

  /**
   * Writes a forecast's weights, the newest value's first, or its parts' in their order: of the next restore.
   *
   * @throws where one value is kept, which comes back as it is, and another weight than 1 is asked for.
   */
  writeWeights(name: string, weights: readonly number[]): void {
    const { weights: tensor, keep } = this.#slot(name);
    if (!tensor) {
      if (weights.every((weight) => weight === 1)) return;
      throw new Error(`slot ${name} of depth 1 is weighted by ${weights}: give it a depth of 2`);
    }
    if (keep.length === 1) {
      upload(this.allocated.gpu, tensor, Float32Array.from(weights));
      return;
    }
    const newest = this.#newest.get(name) ?? 0;
    const byPlace = new Float32Array(keep.length);
    for (const [age, weight] of weights.entries()) byPlace[(newest - age + keep.length) % keep.length] = weight;
    upload(this.allocated.gpu, tensor, byPlace);
  }

  /** Writes by what the next restore scales and shifts each channel; as it is where it is not said. */
  writeScaleShift(name: string, values: ScaleShift | undefined): void {
    const { scaleShift: tensor } = this.#slot(name);
    if (!tensor) return;
    const [, channels = 0] = tensor.shape;
    const { scale, shift } = values ?? { scale: new Float32Array(channels).fill(1), shift: [] };
    if (scale.length !== channels) throw new Error(`${scale.length} scales for ${channels} channels of slot ${name}`);
    const written = new Float32Array(2 * channels);
    written.set(scale);
    written.set(shift, channels);
    upload(this.allocated.gpu, tensor, written);
  }

  /** Computes some tokens of what a slot has, and takes all of it. */
  keepTokens(name: string, count: number): Piece[] {
    const sections = this.#slot(name).some?.sections.get(count);
    if (!sections) throw new Error(`slot ${name} does not compute ${count} tokens`);
    return sections.map((section) => this.piece(section));
  }

  /** Writes which tokens the next keep of the slot computes. */
  writeTokens(name: string, tokens: readonly number[]): void {
    const { some } = this.#slot(name);
    if (some) upload(this.allocated.gpu, some.list, Uint32Array.from(tokens));
  }

  /** Writes which heads the next keep of the slot computes; all where it is not said. */
  writeMask(name: string, heads: readonly boolean[] | undefined): void {
    const { mask } = this.#slot(name);
    if (!mask) return;
    const [count = 0] = mask.shape;
    upload(
      this.allocated.gpu,
      mask,
      Uint32Array.from({ length: count }, (_, i) => Number(heads?.[i] ?? true)),
    );
  }

  /** What a slot has kept, by place. */
  tensors(name: string): KeptSlot['tensors'] {
    return this.#slot(name).tensors;
  }

  #next(name: string): number {
    return ((this.#newest.get(name) ?? -1) + 1) % Math.max(1, this.#slot(name).keep.length);
  }

  #slot(name: string): KeptSlot {
    const slot = this.#slots.get(name);
    if (!slot) throw new Error(`${this.recording.label} has no slot ${name}`);
    return slot;
  }
}
