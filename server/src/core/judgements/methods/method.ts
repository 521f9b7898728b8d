import type { Rationale } from '../../rationales/types.ts';
import type { Passage } from '../name.ts';
import type { Candidate, ReadingMethod } from '../types.ts';

/** A candidate with what the reading says of how it was found. */
export interface Found extends Candidate {
  /** 0 to 1: the least of the forms that led here. */
  readonly confidence: number;
  /** The number that was written, when the choice is named by its index alone. */
  readonly index: number | null;
}

/** One way of reading an answer. One method is one file here and one line in the table. */
export interface Method {
  readonly id: ReadingMethod;
  /** How much the form itself says that this is the answer, 0 to 1; an order, not a measured probability. */
  readonly confidence: number;
  /** One sentence for the documentation. */
  readonly what: string;
  /** An output it reads; with the choices "attract" and "repel", counted from 0, it says "repel". */
  readonly example: string;
  /** The example's choices, where they are others; it then says the first. */
  readonly among?: readonly string[];
  /**
   * Null: the form is not there, and the next method is asked. A list: the form is there and says these
   * choices; an empty one says that what stands there is no choice, and nothing else is asked.
   */
  read(passage: Passage, rationale: Rationale): readonly Found[] | null;
}
