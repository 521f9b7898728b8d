/** One part of what a model writes besides its answer. */
export interface Part {
  readonly name: 'summary' | 'caption' | 'reasoning';
  /** What is to stand in it, so that a sentence can go on with it: `the steps that lead to the answer`. */
  readonly what: string;
}

/** A query that comes before the one for the answer; the next ones are shown what the model said. */
export interface Query {
  readonly name: string;
  /** What is asked, below the record's fields. */
  readonly asks: string;
  /** Whether it shows the record's image. */
  readonly image: boolean;
  /** True when it is of no use for a record without an image: it is then left out. */
  readonly needsImage: boolean;
  /** What stands above the model's output in later queries. */
  readonly heading: string;
}

/** A way of asking, whatever the fields and the format. It says nothing of how the output must look. */
export interface Strategy {
  readonly id: string;
  /** One sentence. */
  readonly what: string;
  readonly before: readonly Query[];
  /** For the system message; absent: nothing. */
  readonly system?: string;
  /** Stands between the fields and what is said of the format; empty: nothing. */
  readonly asks: string;
  /** What the model writes besides the answer. */
  readonly writes: readonly Part[];
  /** How many solved records it shows when the prompt file does not say. */
  readonly demonstrations: number;
  /** What the model's answer is made to begin with. */
  readonly prefill?: string;
}
