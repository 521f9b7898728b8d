/** A share with the count it was taken of and its 95 % Wilson interval. All shares lie between 0 and 1. */
export interface Share {
  readonly count: number;
  readonly n: number;
  readonly value: number;
  readonly interval: readonly [number, number];
}

export interface SliceRow {
  /** An id of the table in slices.ts: `subject`, `topic`, `hasImage`, … */
  readonly dimension: string;
  readonly value: string;
  readonly accuracy: Share;
}

/** Where reasoning and conclusion both name a choice and the gold answer is known: how often each is right. */
export interface Quadrants {
  readonly n: number;
  readonly both: number;
  readonly reasoningOnly: number;
  readonly conclusionOnly: number;
  readonly neither: number;
}

/** The numbers of one run on one set of records. */
export interface Report {
  readonly n: number;
  readonly mapped: number;
  readonly correct: number;
  /** Records whose gold answer is missing or names no choice: in `n` and the coverage, not in the accuracy. */
  readonly ungraded: number;
  /** Mapped / n. */
  readonly coverage: Share;
  /** Correct / graded: an unmapped, missing or failed output counts as wrong. */
  readonly accuracy: Share;
  /** Correct / mapped and graded. */
  readonly accuracyMapped: Share;
  /** Judgements whose reasoning asserts another choice than the conclusion / those where both are known. */
  readonly contradictions: Share;
  readonly quadrants: Quadrants;
  /**
   * The reasoning-to-error rate (the limitation that svrd, section 6, names: the rationale is right, the answer is
   * wrong): `quadrants.reasoningOnly` / `quadrants.n`.
   */
  readonly reasoningToError: Share;
  readonly slices: readonly SliceRow[];
  /** The answer reader, by name and version. */
  readonly reader: string;
}
