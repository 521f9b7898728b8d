import type { Rationale } from '../rationales/types.ts';
import type { Span } from '../span.ts';

/** How an answer was read, most explicit first. */
export type ReadingMethod = 'tag' | 'json' | 'label' | 'letter' | 'index' | 'text' | 'pair';

/** One way of reading the answer. */
export interface Candidate {
  /** Zero-based choice. */
  readonly choice: number;
  readonly method: ReadingMethod;
  /** The characters that say so, in the raw output. */
  readonly span: Span;
}

/** What an answer reader made of an output. `choice` is null when nothing, or more than one thing, fits. */
export interface Reading {
  readonly choice: number | null;
  readonly method: ReadingMethod | null;
  readonly span: Span | null;
  /** 0 to 1; 1 for an explicit tag or field. */
  readonly confidence: number;
  /** Filled when two readings disagree. */
  readonly candidates: readonly Candidate[];
  /** Who read it, by name and version; readings of different readers must not be compared. */
  readonly reader: string;
}

/** `ungraded`: a choice was read, but the record's gold answer is missing or names no choice. */
export type Verdict = 'correct' | 'wrong' | 'unmapped' | 'no-output' | 'failed' | 'ungraded';

/** An output held against its record. */
export interface Judgement {
  readonly recordId: string;
  readonly verdict: Verdict;
  readonly reading: Reading;
  readonly rationale: Rationale;
  /** The choice the reasoning stage asserts last, with its span in the output; null when it asserts none. */
  readonly asserted: Candidate | null;
  /** True when `asserted` and the reading name different choices. Null when either is absent. */
  readonly contradiction: boolean | null;
}
