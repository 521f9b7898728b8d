/** What client and server say to each other about running models and judging what they answer. */
import type { Range, Share } from './values.ts';

/**
 * Runs a model over the records of an open or closed dataset file and stores its predictions; records that
 * already have a current one are not run again. Progress comes as work-done progress under
 * `workDoneToken`: `message` is `120/400 records, 14.2 records/s, 20 s left`, `percentage` 0 to 100.
 * Cancelling the request ends it with a result (`cancelled`), not an error; what is done stays stored.
 */
export interface AnnotateParams {
  readonly uri: string;
  /** A `ModelRow.id`. */
  readonly model: string;
  /**
   * Path of a `.prompty` file, its URI (then it is taken as the editor has it open), or the name of one beside the
   * dataset or shipped; absent: `setting-N`, by `setting`, or 1.
   */
  readonly prompt?: string;
  /** 1 to 4; absent: the prompt file's. */
  readonly setting?: 1 | 2 | 3 | 4;
  /** Absent: every record. */
  readonly split?: string;
  /** Only so many of the split, each topic in its share; another seed draws others. Absent: all. */
  readonly sample?: { readonly n: number; readonly seed: number };
  /** Only this record, by its id. What the model has written so far comes as `partialOutput` under `partialToken`. */
  readonly record?: string;
  readonly partialToken?: string;
  /** `trial`: the run is kept, but not listed, and annotates nothing. */
  readonly purpose?: 'trial';
  /** Answers of each record, which vote; absent: 1. More than one needs a temperature above 0. */
  readonly samples?: number;
  /** Absent: 0, the likeliest token each time. */
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
  /** Hold what is written to the format that the prompt asks for; absent: as the setting says. */
  readonly constrained?: boolean;
  /** A teacher, a `ModelRow.id`, that is asked where fewer than this share of the samples agree; needs several samples. */
  readonly cascade?: { readonly model: string; readonly below: number };
  readonly workDoneToken?: string | number;
}

export interface AnnotateResult {
  /** Of a cascade, its own: its numbers are of both models. */
  readonly runId: string;
  /** Answers made now: one for each sample of a record. */
  readonly done: number;
  /** Answers that were there already and were not made again. */
  readonly reused: number;
  /** Of `done`, those whose request failed. */
  readonly failed: number;
  readonly cancelled: boolean;
  /** The device really used: `CPU (2 threads)`. */
  readonly device: string;
  /** Records that went to the teacher; absent where it was no cascade, or the student was not through. */
  readonly sent?: number;
}

export interface OutputParams {
  readonly runId: string;
  /** Id of the record. */
  readonly record: string;
}

/** A model's output for a record, taken apart and judged. */
export interface OutputReport {
  readonly runId: string;
  readonly model: string;
  readonly device: string;
  /** They make up the raw output. */
  readonly pieces: readonly OutputPiece[];
  /** Null while the output is being written. */
  readonly verdict: VerdictView | null;
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: 'error' | 'warning' | 'information' | 'hint';
    readonly message: string;
  }[];
  /** Null while the output is being written. */
  readonly usage: {
    readonly promptTokens: number;
    readonly imageTokens: number;
    readonly outputTokens: number;
  } | null;
  /** One sentence, when the request failed. */
  readonly error: string | null;
  readonly isWhole: boolean;
}

export interface VerdictView {
  readonly kind: 'correct' | 'wrong' | 'unmapped' | 'no-output' | 'failed' | 'ungraded';
  readonly mark: string;
  /** `B (repel), wrong` */
  readonly words: string;
}

export interface RunRecordsParams {
  readonly runId: string;
}

export interface RunRecordsResult {
  /** URI; null when the run is no longer stored. */
  readonly dataset: string | null;
  readonly records: readonly RecordOutcome[];
}

/** What became of a record in a run. */
export interface RecordOutcome {
  readonly id: string;
  /** The question, shortened to one line. */
  readonly label: string;
  /** The record's own lines; null when it is no longer there. */
  readonly range: Range | null;
  readonly verdict: VerdictView;
}

/** Runs the committed version of an open prompt file, then the one in the editor, and pairs their records. */
export interface CompareWithHeadParams extends AnnotateParams {
  /** URI of the prompt file. */
  readonly prompt: string;
}

export interface CompareWithHeadResult {
  /** The commit that is checked out, abbreviated. */
  readonly commit: string;
  /** The file was not changed since. */
  readonly isSame: boolean;
  readonly cancelled: boolean;
  /** Records that both answered. */
  readonly shared: number;
  /** Of the exact McNemar test, two-sided. */
  readonly p: number;
  readonly before: ComparedRun;
  readonly after: ComparedRun;
  /** Records that only the version in the editor has right, and those that only the committed one has. */
  readonly gained: readonly FlippedRecord[];
  readonly lost: readonly FlippedRecord[];
}

export interface ComparedRun {
  readonly runId: string;
  /** On the shared records. */
  readonly accuracy: Share;
  readonly coverage: Share;
}

export interface FlippedRecord {
  readonly before: RecordOutcome;
  readonly after: RecordOutcome;
}

export interface OutputPiece {
  readonly text: string;
  readonly stage: 'summary' | 'caption' | 'reasoning' | 'conclusion' | null;
  readonly isTag: boolean;
  /** Whether the answer was read from it. */
  readonly isEvidence: boolean;
}

/** What a model has written so far: all of it, some times a second. */
export interface PartialOutputParams {
  /** `AnnotateParams.partialToken` */
  readonly token: string;
  readonly output: OutputReport;
}
