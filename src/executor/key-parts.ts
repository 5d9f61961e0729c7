import type { Action, Keep } from '../cache/action.ts';
import { flattened } from '../cache/action.ts';
import type { Decision, Declaration, Measurement } from '../cache/declaration.ts';
import type { Branch, ForwardKey, RunShape } from '../cache/run-shape.ts';
import { parseSite, type Site } from '../cache/site.ts';
import type { Program } from '../gpu/program.ts';
import type { Recording } from '../gpu/recorder.ts';
import type { ForwardSites } from '../models/forward-sites.ts';
import type { OpContext } from '../ops/context.ts';
import type { DecisionPart, Outcomes } from './decision-part.ts';
import { KeptSlots } from './kept-slots.ts';
import { MeasurementPart } from './measurement-part.ts';
import { type Piece, piece } from './piece.ts';

/** A run whose forwards have sites. */
export interface SitedRun {
  readonly recording: Recording;
  /** The recording's program; throws where it is not allocated. */
  readonly program: Program;
  readonly sites: ReadonlyMap<ForwardKey, ForwardSites>;
}

/** What is kept and measured of one forward key, and what its actions come to. */
export class KeyParts {
  readonly slots: KeptSlots | undefined;
  readonly measurements: ReadonlyMap<string, MeasurementPart>;
  /** Filled by whoever makes them of the pieces of this. */
  readonly decisions = new Map<string, DecisionPart>();

  /**
   * @param isMeasured Whether the key takes measurements itself. @param isRead Whether a measurement's scores are read.
   * @param first Of the branch that comes first in a step, where this is the other.
   */
  constructor(
    readonly key: ForwardKey,
    private readonly run: SitedRun,
    private readonly shape: RunShape,
    private readonly forward: ForwardSites,
    ops: Omit<OpContext, 'recorder'>,
    { slots, measurements = [] }: Declaration,
    isMeasured: boolean,
    isRead: (measurement: string) => boolean,
    others: (branch: Branch) => ForwardSites | undefined,
    first?: KeyParts,
  ) {
    const compared = new Set(measurements.flatMap((measurement) => measurement.slots));
    const kept = slots.filter(({ name }) => !compared.has(name));
    const apart = slots.filter(({ name, site }) => compared.has(name) && 'subLayer' in parseSite(site, shape));
    const hasSections = kept.length + apart.length > 0;
    const own = [ops, kept, apart, shape, forward, others, first?.slots] as const;
    this.slots = hasSections ? new KeptSlots(`cache.${key}`, ...own) : undefined;
    const measured = (measurement: Measurement) => {
      const own = measurement.slots.flatMap((name) => slots.filter((slot) => slot.name === name));
      const label = `${measurement.name}.${key}`;
      return new MeasurementPart(label, ops, measurement, own, shape, forward, isRead(measurement.name), others);
    };
    this.measurements = new Map(isMeasured ? measurements.map((one) => [one.name, measured(one)]) : []);
  }

  /** What is allocated for it, in this order. */
  get parts(): (KeptSlots | MeasurementPart | DecisionPart)[] {
    return [...(this.slots ? [this.slots] : []), ...this.measurements.values(), ...this.decisions.values()];
  }

  /** What actions come to, in pieces; a decision is none. */
  pieces(actions: readonly Action[]): Piece[] {
    return actions.flatMap((action) => this.#pieces(action));
  }

  /** What a decision runs, either way. */
  outcomes({ computes, reuses }: Decision): Outcomes {
    return { computes: this.pieces(computes), reuses: this.pieces(reuses) };
  }

  #pieces(action: Action): Piece[] {
    switch (action.kind) {
      case 'run':
        return [this.#run(action.site)];
      case 'keep':
        return this.#keep(action);
      case 'restore':
        return this.#slots.restore(action.slot);
      case 'measure': {
        // Who follows another key measures nothing.
        const part = this.measurements.get(action.measurement);
        return part ? part.around(this.#bySite(action.of), this.shape) : this.pieces(action.of);
      }
      case 'refresh':
        // Who follows another key has measured nothing.
        return this.measurements.get(action.measurement)?.refresh ?? [];
      case 'decide':
        throw new Error(`${this.key}: a decision inside other actions`);
    }
  }

  #keep({ slot, of }: Keep): Piece[] {
    const [inner] = of;
    if (inner?.kind === 'restore' && inner.slot === slot) return this.#slots.keepRestored(slot);
    if (inner?.kind === 'run' && inner.tokens) return this.#slots.keepTokens(slot, inner.tokens.length);
    const isRunBySlot = this.#slots.runsItself(slot);
    return this.#slots.keep(slot, isRunBySlot ? [] : this.pieces(of));
  }

  #run(site: Site): Piece {
    const { embed, blocks, head } = this.forward.sections;
    const parsed = parseSite(site, this.shape);
    const own = this.slots?.subLayer(site);
    if (own) return own;
    const section =
      parsed.kind === 'embed'
        ? embed
        : parsed.kind === 'head'
          ? head
          : parsed.kind === 'span' && parsed.first === parsed.last
            ? blocks[parsed.first]
            : undefined;
    if (!section) throw new Error(`${this.key}: ${site} does not run by itself; keep it, or run its block`);
    return piece(this.run.recording, section, () => this.run.program);
  }

  /** Actions with the site that each runs, which tells where measurements of it go. */
  #bySite(actions: readonly Action[]): { site: Site | undefined; pieces: Piece[] }[] {
    return actions.map((action) => {
      const ran = [...flattened([action])].find((inner) => inner.kind === 'run');
      return { site: ran?.site, pieces: this.#pieces(action) };
    });
  }

  get #slots(): KeptSlots {
    if (!this.slots) throw new Error(`${this.key}: the policy has no slots`);
    return this.slots;
  }
}
