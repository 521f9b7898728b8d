/**
 * A text to be scored. Metrics keep what they derive from it (tokens, n-gram counts) for as long as the object
 * lives, so a reference that several candidates or metrics are scored against is taken apart once.
 */
export interface MetricText {
  readonly text: string;
}

/** A measure of how near a candidate text is to a reference text. */
export interface TextMetric {
  readonly id: string;
  /** The implementation whose values it equals, with version and settings. */
  readonly implementation: string;
  /** Lowest and highest value; the highest is the nearest. */
  readonly range: readonly [number, number];
  /** A number in `range` for any two strings; an empty candidate scores the lowest, or 0 where that is less. */
  readonly score: (candidate: MetricText, reference: MetricText) => number;
}

/** What METEOR asks of WordNet. */
export interface WordNet {
  /**
   * The names without `_` of every synset of a word in lower case, inflected forms included, as
   * `wordnet.synsets(word)` of NLTK finds them. Names with a capital letter are left out.
   */
  synonyms(word: string): readonly string[];
}
