/** What client and server say to each other about a teacher's rationales on their way into a dataset. */
import type { Range } from './values.ts';

/**
 * Has a teacher write rationales, keeps those that pass, and says what would have to be written into the dataset.
 * Nothing is written: the editor shows it first. Progress and cancelling as for `rationale/annotate`; every sample
 * stays stored, so that asking again goes on.
 */
export interface RationalesParams {
  readonly uri: string;
  /** The teacher: a `ModelRow.id`. */
  readonly model: string;
  /** As in `AnnotateParams`. */
  readonly prompt?: string;
  readonly setting?: 1 | 2 | 3 | 4;
  readonly split?: string;
  /** Only the first so many records. */
  readonly limit?: number;
  /** Id of a stored run: only the records that it has wrong. */
  readonly failuresOf?: string;
  /** Which of the samples that pass is kept; absent: the first. `by-difficulty`: the shorter the more of them pass. */
  readonly keep?: 'first' | 'by-difficulty';
  /** Absent: 4, at temperature 0.7. */
  readonly samples?: number;
  readonly temperature?: number;
  readonly seed?: number;
  /** The prompt that shows the gold answer, for records of which no sample passes. Absent: `gold-hint`; null: none. */
  readonly rationalise?: string | null;
  /** Where they go: the field of the records, or lines of another file; absent: `record`. */
  readonly to?: 'record' | 'llava-cot' | 'jsonl';
  /** URI of the other file: its lines name images from its folder. Needed where they go to one. */
  readonly out?: string;
  /** Also write over what a person has written. */
  readonly replace?: boolean;
  readonly workDoneToken?: string | number;
}

export interface RationalesResult {
  readonly records: number;
  readonly samples: number;
  /** Of `samples`, those that passed every check. */
  readonly passed: number;
  /** Records with a rationale of the teacher's own, made from the gold answer, and with none. */
  readonly kept: number;
  readonly rationalised: number;
  readonly none: number;
  /** Ids of records whose rationale a person has written; left unless `replace`. */
  readonly handEdited: readonly string[];
  /** Records that have this very rationale already. */
  readonly unchanged: number;
  /** What the other file is to hold; null where they go into the records. */
  readonly file: { readonly text: string; readonly lines: number } | null;
  /** What is to be written into the records, in the document as the server has it. */
  readonly edits: readonly TextChange[];
  readonly cancelled: boolean;
}

export interface TextChange {
  readonly range: Range;
  readonly newText: string;
}
