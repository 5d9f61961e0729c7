/** What a model says of tensors that it does not declare; patterns are searched for in the names. */
export interface UnreadRules {
  /** Not its own to read: its other half's, duplicates, what the reference class passes over. */
  readonly left: readonly RegExp[];
  /** Read by a form of its class that is not built, or that the configuration does not ask for. */
  readonly missed: readonly RegExp[];
}

/** Tensors of a checkpoint that nobody reads. */
export interface Unread {
  /** Without them the result is another one. */
  readonly missed: readonly string[];
  /** What they are for is not known. */
  readonly unknown: readonly string[];
}

/** Names of a module's own parameter. */
const MODULE = /^(.+)\.(?:weight|gamma)$/;

/**
 * Sorts the tensors that a model did not declare. Missed are also those of one more of what it reads several of, such as
 * `blocks.30.proj.weight` beside 30 blocks, and those that belong to a module it reads, such as a bias or a scale.
 *
 * @param names Of all tensors. @param declared Of those that the model declared.
 */
export function sortUnread(
  names: Iterable<string>,
  declared: ReadonlySet<string>,
  { left, missed: rules }: UnreadRules,
): Unread {
  const kinds = new Set([...declared].map(withoutNumbers));
  const modules = new Set([...declared].map((name) => MODULE.exec(name)?.[1]));
  const isMissed = (name: string) =>
    rules.some((rule) => rule.test(name)) ||
    kinds.has(withoutNumbers(name)) ||
    parents(name).some((parent) => modules.has(parent));
  const unread = [...names].filter((name) => !declared.has(name) && !left.some((rule) => rule.test(name)));
  return { missed: unread.filter(isMissed), unknown: unread.filter((name) => !isMissed(name)) };
}

function withoutNumbers(name: string): string {
  return name.replace(/(?<=^|\.)\d+(?=\.|$)/g, '#');
}

/** `a.b`, `a` of `a.b.c`. */
function parents(name: string): string[] {
  const path = name.split('.');
  return path.slice(1).map((_, i) => path.slice(0, i + 1).join('.'));
}
