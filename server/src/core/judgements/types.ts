import type { Rationale } from '../rationales/types.ts';
import type { Span } from '../span.ts';

/** How an answer was read, most explicit first; `mapped`: by a person. */
export type ReadingMethod =
  | 'mapped'
  | 'tag'
  | 'json'
  | 'repaired-json'
  | 'label'
  | 'letter'
  | 'index'
  | 'text'
  | 'pair'
  | 'last-line'
  | 'ordinal'
  | 'mark'
  | 'contained'
  | 'part';

/** The index of the first choice, and who says so: the prompt that asked, the user, or nobody but the output itself. */
export interface IndexBase {
  readonly value: 0 | 1;
  readonly source: BaseSource;
}

/** Who says what index the prompt gave the first choice: the prompt itself, the user, or a guess from the outputs. */
export type BaseSource = 'prompt' | 'option' | 'assumed';

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
  /** How the number was counted, where the choice was read from one; absent or null where it was not. */
  readonly indexBase?: IndexBase | null;
  /** Who read it, by name and version; readings of different readers must not be compared. */
  readonly reader: string;
}

/** `ungraded`: a choice was read, but the record's gold answer is missing or names no choice. */
export type Verdict = 'correct' | 'wrong' | 'unmapped' | 'no-output' | 'failed' | 'ungraded';

/** What several outputs for one record say together. */
export interface Vote {
  /** The choice that most of them name; among equals the one named first; null when none names one. */
  readonly choice: number | null;
  /** How many name it. */
  readonly votes: number;
  /** How many voted; those without an answer count, failed requests do not. */
  readonly samples: number;
  /** `votes` of `samples`, 0 to 1: how sure the model is of the answer. */
  readonly agreement: number;
}

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

/** What numbers are taken of in a judgement. */
export interface Counted extends Pick<Judgement, 'verdict' | 'contradiction'> {
  readonly reading: Pick<Reading, 'choice' | 'reader'>;
  readonly asserted: Pick<Candidate, 'choice'> | null;
}
