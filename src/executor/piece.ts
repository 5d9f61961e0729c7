import type { Command } from '../gpu/command.ts';
import type { ReadyCommand } from '../gpu/encode.ts';
import type { Recording } from '../gpu/recorder.ts';

/** A section of a recording: what a forward is put together from. */
export interface Piece {
  /** What it will run: known before anything is allocated. */
  readonly recorded: readonly Command[];
  /** Its commands, once it is allocated. */
  ready(): readonly ReadyCommand[];
}

/** A section of a recording whose program comes later. */
export function piece(
  recording: Recording,
  section: string,
  program: () => { section(name: string): readonly ReadyCommand[] },
): Piece {
  const recorded = recording.sections.get(section);
  if (!recorded) throw new Error(`${recording.label} has no section ${section}`);
  return { recorded, ready: () => program().section(section) };
}

/** The commands of pieces, in order. */
export function commandsOf(pieces: readonly Piece[]): ReadyCommand[] {
  return pieces.flatMap((part) => part.ready());
}
