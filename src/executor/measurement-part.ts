import type { Measurement, Slot } from '../cache/declaration.ts';
import type { Scores } from '../cache/policy.ts';
import type { RunShape } from '../cache/run-shape.ts';
import { type ParsedSite, parseSite, type Site } from '../cache/site.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { Recorder } from '../gpu/recorder.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { ForwardSites } from '../models/forward-sites.ts';
import { addScaled } from '../ops/add-scaled.ts';
import { assign } from '../ops/assign.ts';
import {
  blockDiff,
  blockDiffShares,
  blockDiffVariant,
  blockScores,
  cachedShape,
  knownScore,
} from '../ops/block-diff.ts';
import type { OpContext } from '../ops/context.ts';
import type { Piece } from './piece.ts';
import { RecordedPart } from './recorded-part.ts';
import { copied } from './slots/velocity.ts';

/** What is measured of a site, by the sections that do it. */
interface Probe {
  readonly slot: Slot;
  readonly site: ParsedSite;
  /** Where its site begins. */
  readonly before?: string;
  /** Once the tensor has its value. */
  readonly measure: string;
  readonly refresh?: string;
}

/** Compares tensors of a forward with those of an earlier one, which it keeps for that. */
export class MeasurementPart extends RecordedPart {
  /** [slots + 2] f32: each slot's score, their mean, and a verdict that nobody reads. */
  readonly scores: Tensor;
  readonly #probes: readonly Probe[];
  #hasPrevious = false;

  /** @param isRead Whether the scores come back to the host. */
  constructor(
    label: string,
    ops: Omit<OpContext, 'recorder'>,
    measurement: Measurement,
    slots: readonly Slot[],
    run: RunShape,
    forward: ForwardSites,
    private readonly isRead: boolean,
  ) {
    const recorder = new Recorder(label);
    const context = { ...ops, recorder };
    const { updates, metric } = measurement;
    const sites = slots.map((slot) => ({ slot, site: parseSite(slot.site, run) }));
    const counts = sites.map(({ slot }) => elements(cachedShape(valueShape(slot, forward), slot.every ?? 1)));
    const shares = blockDiffShares(blockDiffVariant(ops.capabilities), Math.max(...counts));
    const partials = recorder.persistent('partials', [slots.length, shares, 2]);
    const scores = recorder.persistent('scores', [slots.length + 2]);
    const probes = sites.map(({ slot, site }, place): Probe => {
      const { name, value, every = 1, precision = 'f32' } = slot;
      const shape = valueShape(slot, forward);
      const reference = recorder.persistent(name, cachedShape(shape, every), precision);
      const isResidual = value === 'residual';
      const signal = isResidual || value === 'modulatedInput' ? recorder.temporary('signal', shape) : undefined;
      if (isResidual && signal)
        recorder.section(`${name}/before`, () => assign(context, { x: forward.stream, out: signal }));
      recorder.section(`${name}/measure`, () => {
        const feature = measured(context, slot, site, forward, signal);
        const { denominator } = metric;
        blockDiff(context, { feature, cached: reference, every, partials, block: place, updates, denominator });
      });
      if (!updates && signal) recorder.section(`${name}/refresh`, () => assign(context, { x: signal, out: reference }));
      if (!updates && !signal) throw new Error(`measurement ${measurement.name}: the ${value} of a site must update`);
      return {
        slot,
        site,
        ...(isResidual && { before: `${name}/before` }),
        measure: `${name}/measure`,
        ...(!updates && { refresh: `${name}/refresh` }),
      };
    });
    recorder.section('scores', () => blockScores(context, { partials, scores, threshold: 0 }));
    super(recorder.finish(), isRead ? [scores] : []);
    this.scores = scores;
    this.#probes = probes;
  }

  override async start(gpu: Gpu): Promise<void> {
    await super.start(gpu);
    this.#hasPrevious = false;
  }

  /**
   * Pieces of a measured list of actions, each with what measures its site where its tensor has its value; then what
   * makes scores of them.
   */
  around(
    parts: readonly { readonly site: Site | undefined; readonly pieces: readonly Piece[] }[],
    run: RunShape,
  ): Piece[] {
    const at = parts.map(({ site }) => site && parseSite(site, run));
    const of = (wanted: (probe: Probe, i: number) => string | undefined | false, i: number) =>
      this.#probes.flatMap((probe) => {
        const section = wanted(probe, i);
        return section ? [this.piece(section)] : [];
      });
    const first = ({ site }: Probe) => at.findIndex((other) => begins(site, other));
    const last = ({ site }: Probe) => at.findLastIndex((other) => ends(site, other));
    const before = (probe: Probe, i: number) => {
      const isThere = probe.slot.value === 'modulatedInput' || probe.site.kind === 'latents';
      if (isThere) return first(probe) === i && probe.measure;
      return first(probe) === i && probe.before;
    };
    const after = (probe: Probe, i: number) =>
      probe.slot.value !== 'modulatedInput' && last(probe) === i && probe.measure;
    return [
      // Nothing inside begins it: its tensor is there already.
      ...of(before, -1),
      ...parts.flatMap(({ pieces }, i) => [...of(before, i), ...pieces, ...of(after, i)]),
      this.piece('scores'),
    ];
  }

  /** What was measured becomes what is compared next. */
  get refresh(): Piece[] {
    return this.#probes.flatMap(({ refresh }) => (refresh ? [this.piece(refresh)] : []));
  }

  /**
   * Scores of the measured forward that was submitted last, as soon as the GPU has them; undefined after the first,
   * which has nothing to be compared with.
   */
  async read(): Promise<Scores | undefined> {
    const isFirst = !this.#hasPrevious;
    this.#hasPrevious = true;
    return isFirst ? undefined : this.readAny();
  }

  /** As `read`, also of a first: infinite then. */
  async readAny(): Promise<Scores> {
    if (!this.isRead) throw new Error(`${this.recording.label} is not read`);
    const values = Array.from(await this.readback(this.scores).read(), knownScore);
    const count = this.#probes.length;
    return { blocks: values.slice(0, count), mean: values[count] as number };
  }
}

function valueShape({ site }: Slot, { stream, latents, velocity }: ForwardSites): readonly number[] {
  const part = site === 'latents' ? latents : site === 'velocity' ? velocity : undefined;
  return part ? [1, part.count] : stream.shape;
}

/** The tensor that is compared, made where it is not there. */
function measured(
  ops: OpContext,
  { name, value }: Slot,
  site: ParsedSite,
  forward: ForwardSites,
  signal: Tensor | undefined,
): Tensor {
  if (site.kind === 'velocity' && value === 'output' && forward.velocity) return copied(ops, forward.velocity);
  if (site.kind === 'latents' && value === 'output' && forward.latents) return copied(ops, forward.latents);
  if (site.kind === 'span' && value === 'output') return forward.stream;
  if (signal && value === 'residual') {
    addScaled(ops, { x: forward.stream, out: signal, factor: -1 });
    return signal;
  }
  const block = site.kind === 'span' ? forward.blocks[site.first] : undefined;
  if (signal && block && value === 'modulatedInput') {
    block.recordModulatedInput(ops, signal);
    return signal;
  }
  throw new Error(`slot ${name}: nothing measures the ${value} of its site`);
}

/** Whether a site begins where another does. */
function begins(wanted: ParsedSite, other: ParsedSite | undefined): boolean {
  if (!other) return false;
  if (wanted.kind === 'span')
    return other.kind === 'span' ? other.first === wanted.first : 'block' in other && other.block === wanted.first;
  return isSame(wanted, other);
}

/** Whether a site ends where another does. */
function ends(wanted: ParsedSite, other: ParsedSite | undefined): boolean {
  if (!other) return false;
  if (wanted.kind === 'velocity') return other.kind === 'head';
  if (wanted.kind === 'span')
    return other.kind === 'span' ? other.last === wanted.last : 'block' in other && other.block === wanted.last;
  return isSame(wanted, other);
}

function isSame(a: ParsedSite, b: ParsedSite): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
