/**
 * Unigram's byte fallback, which `@huggingface/tokenizers` 0.2.0 lacks: characters that the vocabulary does not have
 * become the pieces `<0xNN>` of their UTF-8 bytes instead of `<unk>`. Rules as in the Rust library (`Unigram::tokenize`).
 *
 * @module
 */

/** What of the package's Unigram model is used and changed here. */
export interface UnigramModel {
  readonly tokens_to_ids: ReadonlyMap<string, number>;
  /** Whether neighbouring unknown pieces become one after `encode`, across words too. */
  fuse_unk: boolean;
  /** Pre-tokens in, pieces out; each unknown character is a piece of its own. */
  encode: (preTokens: string[]) => string[];
}

/** How the Rust library treats what the package does not. */
export interface UnigramRules {
  /** `model.byte_fallback` of tokenizer.json. */
  readonly hasByteFallback: boolean;
  /** The character in front of which a Metaspace pre-tokenizer splits (`▁`); the package leaves sentences whole. */
  readonly wordStart: string | undefined;
}

/**
 * Makes `model.encode` follow the rules. A run of unknown characters in one word is one unknown: if any byte of it has
 * no piece, all of it is `<unk>`.
 */
export function applyUnigramRules(model: UnigramModel, { hasByteFallback, wordStart }: UnigramRules): void {
  const { tokens_to_ids: ids } = model;
  const encodeWord = model.encode.bind(model);
  const fallBack = (piece: string): string[] => {
    if (ids.has(piece) || !hasByteFallback) return [piece];
    const bytes = Array.from(new TextEncoder().encode(piece), bytePiece);
    return bytes.every((byte) => ids.has(byte)) ? bytes : [piece];
  };
  model.fuse_unk = false; // done here, word by word
  model.encode = (preTokens) =>
    preTokens
      .flatMap((preToken) => splitBefore(preToken, wordStart))
      .flatMap((word) => joinUnknown(encodeWord([word]), ids))
      .flatMap(fallBack);
}

function bytePiece(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

/** `▁a▁b` in front of `▁`: `▁a`, `▁b`. */
function splitBefore(text: string, mark: string | undefined): string[] {
  if (mark === undefined) return [text];
  const words = text.split(mark).map((word, i) => (i > 0 ? mark + word : word));
  return words.filter((word) => word !== '');
}

/** Neighbouring pieces that the vocabulary does not have, joined. */
function joinUnknown(pieces: readonly string[], ids: ReadonlyMap<string, number>): string[] {
  const joined: string[] = [];
  let isInRun = false;
  for (const piece of pieces) {
    const isUnknown = !ids.has(piece);
    if (isUnknown && isInRun) joined[joined.length - 1] += piece;
    else joined.push(piece);
    isInRun = isUnknown;
  }
  return joined;
}
