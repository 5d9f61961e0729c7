import type { ModelChoice } from '../engine/protocol.ts';
import { named } from './named.ts';

/** The folder of an `<input type="file" webkitdirectory>`. */
export function chosenFolder(files: Iterable<File>): readonly File[] {
  return Array.from(files, (file) => named(file, file.webkitRelativePath || file.name));
}

/** What to call a model: its id, or the name of its folder or file. */
export function choiceName(choice: ModelChoice): string {
  if (typeof choice === 'string') return choice;
  if ('kind' in choice) return choice.name;
  const [first] = choice;
  if (!first) return 'an empty folder';
  const top = first.name.slice(0, first.name.indexOf('/') + 1);
  if (top && choice.every(({ name }) => name.startsWith(top))) return top.slice(0, -1);
  return choice.length === 1 ? first.name : `${choice.length} files`;
}
