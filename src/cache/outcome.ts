import type { Action } from './action.ts';
import type { Declaration, Slot } from './declaration.ts';
import { type ForwardKey, type RunShape, tokensOf } from './run-shape.ts';
import { parseSite } from './site.ts';
import type { SiteDigit } from './site-record.ts';

/** What a list of actions comes to, before it runs. */
export interface Outcome {
  /** By block and, within it, sub-layer. */
  readonly digits: readonly SiteDigit[];
  /** Block forwards that are dispatched; of a block that runs in part, its sub-layers count equal shares. */
  readonly computed: number;
  /** Whether anything runs that the policy could have reused: its digit in the schedule. */
  readonly computes: boolean;
  /** Slots that are filled. */
  readonly kept: readonly string[];
}

/** Finds what lists of a policy's actions come to, and refuses those that break a law. */
export class Outcomes {
  readonly #slots: ReadonlyMap<string, Slot>;
  readonly #tokens: number;
  /** By block and sub-layer, whether a slot can stand in for it. */
  readonly #isReusable: readonly boolean[];

  constructor(
    declaration: Declaration,
    private readonly run: RunShape,
    key: ForwardKey,
  ) {
    this.#tokens = tokensOf(run, key);
    const { slots, measurements = [] } = declaration;
    this.#slots = new Map(slots.map((slot) => [slot.name, slot]));
    if (this.#slots.size < slots.length) throw new Error('two slots of one name');
    const history = slots.find(({ isShared, depth = 1 }) => isShared && depth > 1);
    if (history) throw new Error(`slot ${history.name} is shared, and keeps more than one value`);
    const measured = new Set(measurements.flatMap((measurement) => measurement.slots));
    const unknown = [...measured].find((name) => !this.#slots.has(name));
    if (unknown !== undefined) throw new Error(`a measurement of slot ${unknown}, which is not declared`);
    const isReusable = this.#units<boolean>(false);
    for (const slot of slots) if (!measured.has(slot.name)) this.#mark(isReusable, slot, true);
    // A policy that keeps nothing computes whatever runs.
    this.#isReusable = isReusable.includes(true) ? isReusable : isReusable.map(() => true);
  }

  /**
   * What actions come to.
   *
   * @param isFilled Whether a slot has kept anything.
   * @throws for a site or slot that is not declared, or a slot that is restored before it was kept.
   */
  of(actions: readonly Action[], isFilled: (slot: string) => boolean): Outcome {
    const digits = this.#units<SiteDigit>('-');
    const kept: string[] = [];
    // In sub-layers, whole but for heads: thirds of blocks would not add up exactly.
    let units = 0;
    const visit = (list: readonly Action[], within: readonly string[]): void => {
      for (const action of list) {
        if (action.kind === 'run') {
          const { heads, tokens } = action;
          const isPart = heads?.includes(false) ?? false;
          if (isPart) this.#expectKept(`${action.site}.heads`, within, isFilled);
          if (tokens) this.#expectKept(action.site, within, isFilled);
          const ran = this.#mark(digits, action, tokens ? 't' : isPart ? 'h' : '1');
          units += ran * (heads ? share(heads) : 1) * (tokens ? tokens.length / this.#tokens : 1);
        } else if (action.kind === 'restore') {
          const slot = this.slot(action.slot);
          if (!isFilled(slot.name)) throw new Error(`slot ${slot.name} is restored before it was kept`);
          const depth = slot.depth ?? 1;
          if (action.forecast && action.forecast.depth > depth) {
            throw new Error(
              `${action.forecast.name} needs ${action.forecast.depth} values; slot ${slot.name} has ${depth}`,
            );
          }
          if (action.scaleShift && !slot.scaleShift) throw new Error(`slot ${slot.name} is not scaled or shifted`);
          const isRebuilt = slot.relativeTo && slot.relativeTo !== 'latents';
          const isChanged = action.forecast ?? action.scaleShift;
          this.#mark(digits, slot, isRebuilt ? 'b' : isChanged ? 'f' : '0');
        } else if (action.kind === 'keep') {
          kept.push(this.slot(action.slot).name);
          visit(action.of, [...within, action.slot]);
        } else if (action.kind === 'measure') visit(action.of, within);
      }
    };
    visit(actions, []);
    const computed = units / this.run.subLayers.length;
    return { digits, computed, computes: digits.some((digit, i) => this.#isReusable[i] && isRun(digit)), kept };
  }

  /** A slot by name. @throws for one that is not declared. */
  slot(name: string): Slot {
    const slot = this.#slots.get(name);
    if (!slot) throw new Error(`no slot ${name} is declared`);
    return slot;
  }

  /** What is not computed of a site is what a slot around it has kept. */
  #expectKept(site: string, within: readonly string[], isFilled: (slot: string) => boolean): void {
    const slot = within.find((name) => this.slot(name).site === site);
    if (slot === undefined) throw new Error(`what runs in part is not kept: ${site}`);
    if (!isFilled(slot)) throw new Error(`slot ${slot} is restored before it was kept`);
  }

  /** Sets the units of a site. @returns how many. */
  #mark<T>(units: T[], { site }: { readonly site: Slot['site'] }, value: T): number {
    const { blocks, subLayers } = this.run;
    const parsed = parseSite(site, this.run);
    const mark = (first: number, count: number) => {
      units.fill(value, first, first + count);
      return count;
    };
    switch (parsed.kind) {
      case 'latents':
      case 'embed':
      case 'head':
        return 0;
      case 'velocity':
        return mark(0, blocks * subLayers.length);
      case 'span':
        return mark(parsed.first * subLayers.length, (parsed.last - parsed.first + 1) * subLayers.length);
      default:
        return mark(parsed.block * subLayers.length + subLayers.indexOf(parsed.subLayer), 1);
    }
  }

  #units<T>(value: T): T[] {
    return new Array<T>(this.run.blocks * this.run.subLayers.length).fill(value);
  }
}

function isRun(digit: SiteDigit): boolean {
  return digit === '1' || digit === 'h' || digit === 't';
}

function share(heads: readonly boolean[]): number {
  return heads.filter(Boolean).length / heads.length;
}
