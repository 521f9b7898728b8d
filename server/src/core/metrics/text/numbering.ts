/** The number of a word that a reference does not have. */
export const UNKNOWN = -1;

/** Words as numbers from 0, in the order in which they first occur. */
export interface NumberedWords {
  readonly ids: ReadonlyMap<string, number>;
  /** By place. */
  readonly numbers: Int32Array;
}

/** Numbers the words of a text. */
export function numberWords(words: readonly string[]): NumberedWords {
  const ids = new Map<string, number>();
  const numbers = new Int32Array(words.length);
  for (let at = 0; at < words.length; at++) numbers[at] = numberOf(words[at] as string, ids);
  return { numbers, ids };
}

/** The number of a word: the one it has, or the next. */
export function numberOf(word: string, ids: Map<string, number>): number {
  let id = ids.get(word);
  if (id === undefined) {
    id = ids.size;
    ids.set(word, id);
  }
  return id;
}

/** From the numbers of one text to those of another; `UNKNOWN` for words that the other lacks. */
export function translated(from: ReadonlyMap<string, number>, to: ReadonlyMap<string, number>): Int32Array {
  const numbers = new Int32Array(from.size);
  for (const [word, id] of from) numbers[id] = to.get(word) ?? UNKNOWN;
  return numbers;
}

/** Sentences in one; `length` is that of all together. */
export function joined(sentences: readonly Int32Array[], length: number): Int32Array {
  const all = new Int32Array(length);
  let at = 0;
  for (const sentence of sentences) {
    all.set(sentence, at);
    at += sentence.length;
  }
  return all;
}
