import type { Measurement, Slot } from '../cache/declaration.ts';
import type { Scores } from '../cache/policy.ts';
import { type Branch, framesOf, type RunShape } from '../cache/run-shape.ts';
import { type ParsedSite, parseSite, type Site } from '../cache/site.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { Recorder } from '../gpu/recorder.ts';
import { elements, type Tensor } from '../gpu/tensor.ts';
import type { ForwardSites } from '../models/forward-sites.ts';
import { addScaled } from '../ops/add-scaled.ts';
import { assign } from '../ops/assign.ts';
import { blockDiff, blockDiffVariant, blockScores, cachedShape, knownScore, partialsShape } from '../ops/block-diff.ts';
import type { OpContext } from '../ops/context.ts';
import { isOfOneStep } from '../ops/metrics/index.ts';
import { AxisFilter } from './axis-filter.ts';
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

/** Compares tensors of a forward with those of an earlier one, which it keeps for that, or frames of them with each other. */
export class MeasurementPart extends RecordedPart {
  /** [slots + 2] f32: each slot's score, their mean, and a verdict that nobody reads. */
  readonly scores: Tensor;
  readonly #probes: readonly Probe[];
  /** Whether each forward is compared with nothing but itself. */
  readonly #isOfOneStep: boolean;
  readonly #filter: AxisFilter | undefined;
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
    others: (branch: Branch) => ForwardSites | undefined = () => undefined,
  ) {
    const recorder = new Recorder(label);
    const context = { ...ops, recorder };
    const { updates, metric } = measurement;
    const sites = slots.map((slot) => ({ slot, site: parseSite(slot.site, run) }));
    const counts = sites.map(({ slot }) => elements(cachedShape(valueShape(slot, forward), slot.every ?? 1)));
    const variant = blockDiffVariant(ops.capabilities);
    const partials = recorder.persistent('partials', partialsShape(variant, metric, slots.length, Math.max(...counts)));
    const scores = recorder.persistent('scores', [slots.length + 2]);
    const isOwn = isOfOneStep(metric);
    const frames = framesOf(run);
    const filter = measurement.filter && new AxisFilter(recorder, measurement.filter, forward.grid);
    const probes = sites.map(({ slot, site }, place): Probe => {
      const { name, value, every = 1, precision = 'f32', relativeTo } = slot;
      const shape = valueShape(slot, forward);
      const cached = isOwn ? undefined : recorder.persistent(name, cachedShape(shape, every), precision);
      const isResidual = value === 'residual';
      const signal = isResidual || value === 'modulatedInput' ? recorder.temporary('signal', shape) : undefined;
      if (isResidual && signal)
        recorder.section(`${name}/before`, () => assign(context, { x: forward.stream, out: signal }));
      recorder.section(`${name}/measure`, () => {
        const base = relativeTo && relativeTo !== 'latents' ? others(relativeTo) : undefined;
        const now = measured(context, slot, site, forward, signal, base);
        const feature = filter ? filter.record(context, now) : now;
        const compared = { metric, feature, every, frames, partials, block: place, updates };
        blockDiff(context, { ...compared, ...(cached && { cached }) });
      });
      const refreshes = cached !== undefined && !updates;
      if (refreshes && signal) recorder.section(`${name}/refresh`, () => assign(context, { x: signal, out: cached }));
      if (refreshes && (!signal || filter))
        throw new Error(`measurement ${measurement.name}: the ${value} of a site must update`);
      return {
        slot,
        site,
        ...(isResidual && { before: `${name}/before` }),
        measure: `${name}/measure`,
        ...(refreshes && { refresh: `${name}/refresh` }),
      };
    });
    recorder.section('scores', () => blockScores(context, { metric, partials, scores, threshold: 0 }));
    super(recorder.finish(), isRead ? [scores] : []);
    this.scores = scores;
    this.#probes = probes;
    this.#isOfOneStep = isOwn;
    this.#filter = filter;
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

  /** Writes the filter of a step, before it measures. */
  writeFilter(step: number): void {
    this.#filter?.write(this.allocated.gpu, step);
  }

  /** What was measured becomes what is compared next. */
  get refresh(): Piece[] {
    return this.#probes.flatMap(({ refresh }) => (refresh ? [this.piece(refresh)] : []));
  }

  /**
   * Scores of the measured forward that was submitted last, as soon as the GPU has them; undefined after a first that
   * has nothing to be compared with.
   */
  async read(): Promise<Scores | undefined> {
    const isFirst = !this.#hasPrevious && !this.#isOfOneStep;
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
  base: ForwardSites | undefined,
): Tensor {
  if (site.kind === 'latents' && value === 'output' && forward.latents) return copied(ops, forward.latents);
  if (site.kind === 'velocity' && value === 'output' && forward.velocity) {
    const copy = copied(ops, forward.velocity);
    if (!base?.velocity) return copy;
    const difference = copied(ops, base.velocity);
    addScaled(ops, { x: copy, out: difference, factor: -1 });
    return difference;
  }
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
