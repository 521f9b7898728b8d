import { LcsColumns, LcsTable } from './lcs.ts';
import { UNKNOWN } from './numbering.ts';
import { plainWords, translatedSentences } from './plain-words.ts';
import type { TextMetric } from './types.ts';

/**
 * The package walks a pair of sentences by recursion: after this many steps Python's limit of 1,000 frames, less
 * those beneath it, ends the walk with an exception.
 */
const MOST_STEPS = 990;

/**
 * F of `rouge-l` of the PyPI package `rouge`, as the ScienceQA evaluation calls it: the reference in the place
 * of the hypothesis. It is not Lin's ROUGE-L: sentences end at every full stop, each word counts once, and the
 * words of the longest common subsequences of all pairs of sentences are united. Where the package raises (a
 * text of full stops only, or nothing; sentences too long for its recursion) it is 0, as in that evaluation.
 */
export const rougeLPackage: TextMetric = {
  id: 'rouge-l-package',
  implementation: 'rouge 1.0.1 get_scores(reference, candidate) rouge-l F, exceptions 0',
  range: [0, 1],
  score: (candidate, reference) => {
    const own = plainWords(candidate);
    const other = plainWords(reference);
    if (own.sentences.length === 0 || other.sentences.length === 0) return 0;
    const found = new Uint8Array(other.ids.size);
    if (!findCommonWords(translatedSentences(candidate, reference), other.sentences, found)) return 0;
    const blanks = [own, other].map(({ sentences }) => Number(sentences.some(isBlank)));
    const common = found.reduce((sum, one) => sum + one, Math.min(...blanks));
    const precision = common / (other.ids.size + (blanks[1] as number));
    const recall = common / (own.ids.size + (blanks[0] as number));
    return 2 * ((precision * recall) / (precision + recall + 1e-8));
  },
};

/** The package counts a sentence of white space as one empty word: `"".split(" ")` in Python. */
function isBlank(sentence: Int32Array): boolean {
  return sentence.length === 0;
}

/** Marks the words of the united subsequences. False where the package raises. */
function findCommonWords(
  walked: readonly Int32Array[],
  other: readonly Int32Array[],
  found: Uint8Array,
): boolean {
  /** The numbers of one sentence's words among themselves, by their numbers in the text. */
  const local = new Int32Array(found.length).fill(UNKNOWN);
  const longest = walked.reduce((most, { length }) => Math.max(most, length), 0);
  for (const sentence of other) {
    // What can add no word, and is too short for the package to raise, need not be looked at.
    if (longest + sentence.length <= MOST_STEPS && sentence.every((id) => found[id] === 1)) continue;
    let size = 0;
    for (const id of sentence) if (local[id] === UNKNOWN) local[id] = size++;
    let columns: LcsColumns | undefined;
    for (const words of walked) {
      if (Math.min(words.length, sentence.length) > MOST_STEPS) return false;
      const mayRaise = words.length + sentence.length > MOST_STEPS;
      if (!mayRaise && !mayAdd(words, local, found)) continue;
      columns ??= new LcsColumns(
        sentence.map((id) => local[id] as number),
        size,
      );
      if (!addSubsequence(words, sentence, local, columns, found)) return false;
    }
    for (const id of sentence) local[id] = UNKNOWN;
  }
  return true;
}

/** Whether a sentence has a word of the other that is not found yet. */
function mayAdd(words: Int32Array, local: Int32Array, found: Uint8Array): boolean {
  for (let at = 0; at < words.length; at++) {
    const id = words[at] as number;
    if (id !== UNKNOWN && found[id] === 0 && local[id] !== UNKNOWN) return true;
  }
  return false;
}

/** Marks the words of one longest common subsequence, the one that the package finds. False where it raises. */
function addSubsequence(
  walked: Int32Array,
  other: Int32Array,
  local: Int32Array,
  columns: LcsColumns,
  found: Uint8Array,
): boolean {
  const table = new LcsTable(
    walked.map((id) => (id === UNKNOWN ? UNKNOWN : (local[id] as number))),
    columns,
  );
  let row = walked.length;
  let column = other.length;
  for (let steps = 0; row > 0 && column > 0; steps++) {
    if (steps === MOST_STEPS) return false;
    const id = walked[row - 1] as number;
    if (id === other[column - 1]) {
      found[id] = 1;
      row--;
      column--;
    } else if (table.grows(row - 1, column - 1) && table.grows(row, column - 1)) {
      // Then, and only then, is the cell above greater than the one to the left.
      row--;
    } else {
      column--;
    }
  }
  return true;
}
