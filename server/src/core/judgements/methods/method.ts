import type { Rationale } from '../../rationales/types.ts';
import type { Passage } from '../name.ts';
import type { Candidate, ReadingMethod } from '../types.ts';

/** One way of reading an answer. One method is one file here and one line in the table. */
export interface Method {
  readonly id: ReadingMethod;
  /** How much the form itself says that this is the answer, 0 to 1; an order, not a measured probability. */
  readonly confidence: number;
  /** One sentence for the documentation. */
  readonly what: string;
  /** An output it reads; with the choices "attract" and "repel" it says "repel". */
  readonly example: string;
  /**
   * Null: the form is not there, and the next method is asked. A list: the form is there and says these
   * choices; an empty one says that what stands there is no choice, and nothing else is asked.
   */
  read(passage: Passage, rationale: Rationale): readonly Candidate[] | null;
}
