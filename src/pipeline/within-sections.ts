import type { Branch } from '../cache/policy.ts';
import { blocksBefore, type WithinRule } from '../cache/within-rule.ts';
import type { ReadyCommand } from '../gpu/encode.ts';
import type { Command, Recording } from '../gpu/recorder.ts';
import type { StackResidual } from './stack-residual.ts';
import type { WanRun } from './wan-run.ts';
import type { WithinProbe } from './within-probe.ts';

/** A section of the run, the probe or the residual. */
interface Part {
  readonly recording: Recording;
  readonly name: string;
  /** Its commands, once it is allocated. */
  readonly ready: () => readonly ReadyCommand[];
}

/** The parts of a forward that decides for itself: both ways of deciding run these. */
export class WithinSections {
  readonly #opening: readonly Part[];
  readonly #computing: readonly Part[];
  readonly #reusing: readonly Part[];
  readonly #head: readonly Part[];

  constructor(
    readonly run: WanRun,
    readonly branch: Branch,
    rule: WithinRule,
    probe: WithinProbe,
    residual: StackResidual,
  ) {
    const forward = run.forwards.get(branch);
    if (!forward) throw new Error(`the run has no branch ${branch}`);
    const ofRun = (name: string): Part => {
      return { recording: run.recording, name, ready: () => run.program.section(name) };
    };
    const ofProbe = (name: Parameters<WithinProbe['section']>[0]): Part => {
      return { recording: probe.recording, name, ready: () => probe.section(name) };
    };
    const ofResidual = (name: Parameters<StackResidual['section']>[0]): Part => {
      return { recording: residual.recording, name, ready: () => residual.section(name) };
    };
    const blocks = forward.blocks.map(ofRun);
    const before = blocksBefore(rule);
    this.#opening = [ofRun(forward.embed), ofProbe('keep'), ...blocks.slice(0, before), ofProbe('measure')];
    this.#computing = [ofProbe('refresh'), ofResidual('keep'), ...blocks.slice(before), ofResidual('refresh')];
    this.#reusing = [ofResidual('add')];
    this.#head = [ofRun(forward.head)];
  }

  /** What comes before the verdict: its last dispatch writes the score. */
  get opening(): ReadyCommand[] {
    return commands(this.#opening);
  }

  /** What a step that computes runs next. */
  get computing(): ReadyCommand[] {
    return commands(this.#computing);
  }

  /** What a step that reuses runs instead. */
  get reusing(): ReadyCommand[] {
    return commands(this.#reusing);
  }

  /** What comes last, either way. */
  get head(): ReadyCommand[] {
    return commands(this.#head);
  }

  /** What `computing` and `reusing` are made of: known before anything is allocated. */
  get recorded(): { readonly computing: readonly Command[]; readonly reusing: readonly Command[] } {
    return { computing: recorded(this.#computing), reusing: recorded(this.#reusing) };
  }
}

function commands(parts: readonly Part[]): ReadyCommand[] {
  return parts.flatMap(({ ready }) => ready());
}

function recorded(parts: readonly Part[]): Command[] {
  return parts.flatMap(({ recording, name }) => recording.sections.get(name) ?? []);
}
