/** What client and server say to each other about whether answers follow from rationales. */
import type { RecordReference } from './prompts.ts';

/**
 * Scores the choices of a record without the rationales that models have given for their answers, after each sentence
 * of them, and with those of another record. What comes of it is stored, and stands in the record's hover and in
 * findings. Progress and cancelling as for `rationale/annotate`.
 */
export interface FaithfulnessParams {
  readonly record: RecordReference;
  /** A `ModelRow.id`. Absent: every model that has answered the record and can score. */
  readonly model?: string;
  readonly workDoneToken?: string | number;
}

export interface FaithfulnessResult {
  /** Id of the record. */
  readonly record: string;
  readonly models: readonly {
    readonly model: string;
    /** What was found, or why it could not be tested: one sentence. */
    readonly said: string;
    readonly isTested: boolean;
  }[];
  readonly cancelled: boolean;
}
