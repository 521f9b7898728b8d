/** The vocabulary of the pipeline's callers. */
import type { Finding, RuleSettings } from '../annotations/types.ts';
import type { BaseSource, Judgement, Vote } from '../judgements/types.ts';
import type { Calibration } from '../metrics/calibration.ts';
import type { PassAt } from '../metrics/samples.ts';
import type { Report, Share } from '../metrics/types.ts';
import type { Decoding, ModelCard, ModelRequest, Prediction } from '../models/types.ts';
import type { OutputFormat, Setting } from '../prompts/types.ts';
import type { StageName } from '../rationales/types.ts';
import type { Sample } from '../records/sample.ts';
import type { Chunk, DatasetRecord, ImageFacts, RecordSource, SplitTable } from '../records/types.ts';
import type { Cascade, RunCard, RunPurpose } from '../store/types.ts';

/** What the pipeline has to be told about the world around the dataset. */
export interface Surroundings {
  /** Absolute path of the dataset file. */
  readonly path: string;
  image(record: DatasetRecord): ImageFacts;
  /** Null when the dataset has no `pid_splits.json`. */
  readonly splits: SplitTable | null;
  readonly rules: RuleSettings;
}

/** The time, which core does not know by itself. */
export interface Clock {
  /** Of which only differences are taken. */
  readonly seconds: () => number;
  /** ISO 8601. */
  readonly date: () => string;
}

/** Who was asked, and for what. */
export interface Asked {
  readonly model: string;
  /** What the prompt asked the output to look like. */
  readonly format: OutputFormat;
  /** The stages that the prompt asked for, in its order; all four where this is absent. */
  readonly stages?: readonly StageName[];
  /** The index of the first choice in the prompt that asked; absent when the prompt had letters, or is not known. */
  readonly indexBase?: 0 | 1;
  /** Who says so; the prompt where this is absent. */
  readonly baseSource?: BaseSource;
  /** The id of the answer reader; `rationale`, ours, where this is absent. */
  readonly reader?: string;
}

/** One output, judged. */
export interface JudgedOutput {
  readonly prediction: Prediction;
  readonly judgement: Judgement;
  readonly findings: readonly Finding[];
}

/** What one model says of one record as the record stands now. */
export interface RecordResult extends JudgedOutput {
  readonly run: RunCard;
  /** Every sample the run has of the record as it stands; the output above is one of them. */
  readonly samples: readonly JudgedOutput[];
  /** How the samples voted; null when the run takes only one. */
  readonly vote: Vote | null;
}

/** A prompt file with the name that runs and people know it by. */
export interface NamedPrompt {
  readonly name: string;
  readonly text: string;
}

export interface AnnotateOptions {
  readonly model: ModelCard;
  readonly prompt: NamedPrompt;
  /** Absent: as the prompt file says. */
  readonly setting?: Setting;
  readonly decoding: Decoding;
  /** Null: every record. */
  readonly split: string | null;
  readonly limit?: number;
  /** The ids of the records to ask about; absent: all that are selected otherwise. */
  readonly records?: readonly string[];
  /** A name of the table of variations: the records are changed by it before they are asked. Absent: they are not. */
  readonly variation?: string;
  /** Absent: a run that a person asked for by itself. */
  readonly purpose?: RunPurpose;
  /** Only records on which another run's samples disagree. Absent: every record. */
  readonly cascade?: Cascade;
  /** Only these, drawn evenly from the topics. Absent: every record of the split. */
  readonly sample?: Sample;
  /** The user's own name for the run. Absent: made from the configuration, so that asking again resumes. */
  readonly runName?: string;
}

/** An annotation run worked out: what is stored already and what the model has to be asked. */
export interface AnnotateJob {
  readonly run: RunCard;
  /** Answers asked for: one for each sample of each selected record. */
  readonly total: number;
  /** Of these, already stored for this very prompt, weights and decoding. */
  readonly stored: number;
  /** Those that need no model: given under the same key in another run, or impossible to ask. */
  readonly settled: readonly Place[];
  /** How many of these cannot be asked. */
  readonly refused: number;
  /** Those that the model has to be asked for. */
  readonly open: readonly Place[];
  /** The name of a query that has to be asked before those for answers; null when there is none. */
  readonly query: string | null;
  /** What was asked for: where a prompt takes several queries, what follows is planned when one is answered. */
  readonly options: AnnotateOptions;
}

/** One answer of a run: a record as it stood when the run was planned, and which of its samples, counted from 0. */
export interface Place {
  readonly chunk: Chunk;
  readonly sample: number;
}

/** What the model has to be asked. */
export interface JobRequest extends ModelRequest {
  readonly recordId: string;
  readonly sample: number;
  /** The name of a query that comes before the one for the answer. */
  readonly query?: string;
}

export interface AnnotateProgress {
  /** While a query is at work that comes before the one for the answer. */
  readonly query: { readonly name: string; readonly done: number; readonly total: number } | null;
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** Generated in this sitting, for the rate. */
  readonly generated: number;
  readonly recordIds: readonly string[];
}

/** The numbers of a run, and how much of it still holds for the dataset as it stands. */
export interface RunReport {
  readonly run: RunCard;
  readonly report: Report;
  /** Records whose stored predictions no longer fit them: record, prompt image or weights have changed since. */
  readonly stale: number;
  /** Predictions that the run's selection still lacks: one for each sample of each record. */
  readonly missing: number;
  readonly failed: number;
  /** What the first request that failed says; null when none did. */
  readonly failure: string | null;
  /** Mean prompt tokens of a record, all its samples and queries together. */
  readonly promptTokens: number;
  /** Mean output tokens of a record, all its samples and queries together. */
  readonly tokens: number;
  /** What the run's requests have cost; null where nothing is paid. */
  readonly cost: number | null;
  /** How often one of k samples is right; null when the run takes one sample. */
  readonly passAt: PassAt | null;
  /** How far the samples' agreement is from the share that is right; null when the run takes one sample. */
  readonly calibration: Calibration | null;
  readonly recordsPerSecond: number | null;
  /** Each by the run whose answer counts. */
  readonly results: readonly { readonly source: RecordSource; readonly result: RecordResult }[];
  /** Who answered what, and at what price; null where the run is no cascade, or its student's run is gone. */
  readonly cascade: CascadeReport | null;
}

/** The numbers alone. */
export type RunNumbers = Omit<RunReport, 'results'>;

/** A student and a teacher together, and each alone. */
export interface CascadeReport {
  /** The run whose votes decide. */
  readonly student: RunCard;
  readonly below: number;
  /** Of the records that the student has voted on, those that went to the teacher. */
  readonly sent: Share;
  readonly sentIds: readonly string[];
  readonly rows: readonly CascadeRow[];
}

/** One way of answering the same records. */
export interface CascadeRow {
  readonly who: 'student' | 'cascade' | 'teacher';
  /** Null: the teacher was not asked everything, and what it takes is reckoned from what it was asked. */
  readonly accuracy: Share | null;
  /** Null: it is not asked, or nothing is known of it. */
  readonly student: Spending | null;
  readonly teacher: Spending | null;
}

export interface Spending {
  /** For each record, those included that are not asked about. */
  readonly promptTokens: number;
  readonly tokens: number;
  /** Of all records together; null where nothing is paid. */
  readonly cost: number | null;
}

/** One rationale of the teacher's. */
export interface TeacherOutput {
  readonly recordId: string;
  readonly output: string;
  /** The zero-based choice that a person read from it. */
  readonly mapped?: number;
  /** Of all samples that were taken of its record, the share that passed, where its file says so. */
  readonly passRate?: number;
}
