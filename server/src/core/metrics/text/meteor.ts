import { memo } from './memo.ts';
import { joined, numberOf } from './numbering.ts';
import { perText } from './per-text.ts';
import { porterStem } from './porter.ts';
import { punktSentences } from './punkt.ts';
import { treebankTokens } from './treebank.ts';
import type { TextMetric, WordNet } from './types.ts';

/** Weight of precision in the mean. */
const ALPHA = 0.9;
/** Shape and weight of the penalty for fragments. */
const BETA = 3;
const GAMMA = 0.5;
const NONE = -1;
/** Sentences whose words are kept. */
const MOST_SENTENCES = 20_000;

/** A text's words in lower case and their stems, by their numbers in a vocabulary. */
interface Words {
  readonly words: Int32Array;
  readonly stems: Int32Array;
}

/**
 * METEOR (Lavie & Agarwal, 2007, "METEOR: an automatic metric for MT evaluation with high levels of correlation
 * with human judgments") as `single_meteor_score` of NLTK computes it: words are paired when equal, then by
 * Porter stem, then by WordNet synonym, for which NLTK looks up the stems and not the words. The metric keeps
 * the vocabulary of what it has scored for as long as it lives.
 */
export function meteor(wordNet: WordNet): TextMetric {
  const vocabulary = new Vocabulary(wordNet);
  const wordsOf = perText((text) => vocabulary.read(text));
  return {
    id: 'meteor',
    implementation: 'NLTK 3.10.4 single_meteor_score, WordNet 3.0, word_tokenize with our Punkt parameters',
    range: [0, 1],
    score: (candidate, reference) => {
      const own = wordsOf(candidate);
      const other = wordsOf(reference);
      const alignment = new Alignment(own.words.length, other.words.length);
      alignment.pair(own.words, other.words, vocabulary.places(), () => []);
      alignment.pair(own.stems, other.stems, vocabulary.places(), () => []);
      // Looking synonyms up numbers words, so it comes before the places are asked for.
      const free = own.stems.filter((_, at) => alignment.isFree(at));
      for (const stem of free) vocabulary.synonyms(stem);
      alignment.pair(own.stems, other.stems, vocabulary.places(), (stem) => vocabulary.synonyms(stem));
      return alignment.score();
    },
  };
}

/** Numbers for words, stems and synonyms alike. */
class Vocabulary {
  private readonly wordNet: WordNet;
  private readonly ids = new Map<string, number>();
  private readonly names: string[] = [];
  /** By number, as far as they were asked for. */
  private readonly stems: (number | undefined)[] = [];
  private readonly known: (readonly number[] | undefined)[] = [];
  private scratch = new Int32Array(0);
  /** Lectures stand in many references, so most sentences come again. */
  private readonly sentence = memo(MOST_SENTENCES, (sentence) =>
    Int32Array.from(treebankTokens(sentence).map((token) => this.number(token.toLowerCase()))),
  );

  constructor(wordNet: WordNet) {
    this.wordNet = wordNet;
  }

  read(text: string): Words {
    const sentences = punktSentences(text).map(this.sentence);
    const words = joined(
      sentences,
      sentences.reduce((sum, { length }) => sum + length, 0),
    );
    return { words, stems: words.map((id) => this.stem(id)) };
  }

  private stem(id: number): number {
    let stem = this.stems[id];
    if (stem === undefined) {
      stem = this.number(porterStem(this.names[id] as string));
      this.stems[id] = stem;
    }
    return stem;
  }

  /** The numbers of a word's synonyms. */
  synonyms(id: number): readonly number[] {
    let synonyms = this.known[id];
    if (!synonyms) {
      synonyms = this.wordNet.synonyms(this.names[id] as string).map((name) => this.number(name));
      this.known[id] = synonyms;
    }
    return synonyms;
  }

  /** Room for a number for each word, NONE in all of it; whoever writes into it wipes it again. */
  places(): Int32Array {
    if (this.scratch.length < this.names.length)
      this.scratch = new Int32Array(2 * this.names.length).fill(NONE);
    return this.scratch;
  }

  private number(name: string): number {
    const id = numberOf(name, this.ids);
    if (id === this.names.length) this.names.push(name);
    return id;
  }
}

/** Which word of the reference each word of the candidate is paired with. */
class Alignment {
  /** By place in the candidate; NONE while free. */
  private readonly pairs: Int32Array;
  /** By place in the reference. */
  private readonly taken: Uint8Array;
  private matches = 0;

  constructor(candidateLength: number, referenceLength: number) {
    this.pairs = new Int32Array(candidateLength).fill(NONE);
    this.taken = new Uint8Array(referenceLength);
  }

  /**
   * Pairs what is still free, from the end: each word of the candidate with the last word of the reference that
   * is the same or one of `others(word)`. `last` is room for the last free place of each word.
   */
  pair(
    candidate: Int32Array,
    reference: Int32Array,
    last: Int32Array,
    others: (word: number) => readonly number[],
  ): void {
    /** For each place the free one before it of the same word. */
    const before = new Int32Array(reference.length);
    for (let place = 0; place < reference.length; place++) {
      if (this.taken[place] === 1) continue;
      const word = reference[place] as number;
      before[place] = last[word] as number;
      last[word] = place;
    }
    for (let at = candidate.length - 1; at >= 0; at--) {
      if (this.pairs[at] !== NONE) continue;
      let best = candidate[at] as number;
      for (const other of others(best)) if ((last[other] as number) > (last[best] as number)) best = other;
      const place = last[best] as number;
      if (place === NONE) continue;
      last[best] = before[place] as number;
      this.pairs[at] = place;
      this.taken[place] = 1;
      this.matches++;
    }
    for (const word of reference) last[word] = NONE;
  }

  isFree(at: number): boolean {
    return this.pairs[at] === NONE;
  }

  /** The weighted mean of precision and recall, less the penalty for fragments. */
  score(): number {
    if (this.matches === 0) return 0;
    const precision = this.matches / this.pairs.length;
    const recall = this.matches / this.taken.length;
    const mean = (precision * recall) / (ALPHA * precision + (1 - ALPHA) * recall);
    const penalty = GAMMA * (this.chunks() / this.matches) ** BETA;
    return (1 - penalty) * mean;
  }

  /** Runs of pairs that are neighbours in both texts. */
  private chunks(): number {
    let chunks = 0;
    let before = NONE;
    for (const place of this.pairs) {
      if (place !== NONE && (before === NONE || before !== place - 1)) chunks++;
      before = place;
    }
    return chunks;
  }
}
