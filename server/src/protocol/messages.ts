import type { Position, Range, SeverityCounts, Share } from './values.ts';

/** Method names of the messages that the Language Server Protocol does not have. */
export const Methods = {
  annotate: 'rationale/annotate',
  records: 'rationale/records',
  runs: 'rationale/runs',
  deleteRun: 'rationale/deleteRun',
  models: 'rationale/models',
  splits: 'rationale/splits',
  outputsDatasets: 'rationale/outputsDatasets',
  renderPrompt: 'rationale/renderPrompt',
  datasets: 'rationale/datasets',
  changed: 'rationale/changed',
  trustGranted: 'rationale/trustGranted',
} as const;

/** Requests, client to server. A failure is a response error whose message is one sentence for the user. */
export interface Requests {
  [Methods.annotate]: { params: AnnotateParams; result: AnnotateResult };
  [Methods.records]: { params: RecordsParams; result: RecordsResult };
  [Methods.runs]: { params: RunsParams; result: RunsResult };
  [Methods.deleteRun]: { params: DeleteRunParams; result: null };
  [Methods.models]: { params: null; result: ModelsResult };
  [Methods.splits]: { params: SplitsParams; result: SplitsResult };
  [Methods.outputsDatasets]: { params: OutputsDatasetsParams; result: OutputsDatasetsResult };
  [Methods.renderPrompt]: { params: RenderPromptParams; result: RenderPromptResult };
}

/** Notifications, server to client. */
export interface ServerNotifications {
  [Methods.datasets]: DatasetsParams;
  [Methods.changed]: ChangedParams;
}

/** Notifications, client to server. */
export interface ClientNotifications {
  /** The user trusted the workspace after the server had started. */
  [Methods.trustGranted]: null;
}

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
   * Path of a `.prompty` file, or the name of one beside the dataset or shipped; absent: `setting-N`, by
   * `setting`, or 1.
   */
  readonly prompt?: string;
  /** 1 to 4; absent: the prompt file's. */
  readonly setting?: 1 | 2 | 3 | 4;
  /** Absent: every record. */
  readonly split?: string;
  /** Answers of each record, which vote; absent: 1. More than one needs a temperature above 0. */
  readonly samples?: number;
  /** Absent: 0, the likeliest token each time. */
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly workDoneToken?: string | number;
}

export interface AnnotateResult {
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
}

export interface RecordsParams {
  readonly uri: string;
  /** `topic`: every record once; `rule`: records with findings, under each rule that found something. */
  readonly by: 'topic' | 'rule';
}

/** Groups in the order to show them. Empty when the file is not a dataset. */
export interface RecordsResult {
  readonly groups: readonly RecordGroup[];
}

export interface RecordGroup {
  /** The topic (`(no topic)` when records have none) or the rule's id. */
  readonly label: string;
  readonly counts: SeverityCounts;
  readonly records: readonly RecordRow[];
}

export interface RecordRow {
  readonly id: string;
  /** The question, shortened to one line. */
  readonly label: string;
  /** By topic: the record's own lines. By rule: the finding's. */
  readonly range: Range;
  readonly counts: SeverityCounts;
}

export interface RunsParams {
  /** Absent: the runs of every dataset in the store. */
  readonly uri?: string;
}

/** Newest first. */
export interface RunsResult {
  readonly runs: readonly RunRow[];
}

export interface RunRow {
  readonly id: string;
  /** The dataset file. */
  readonly uri: string;
  readonly model: string;
  readonly role: 'teacher' | 'student' | 'base' | 'other';
  readonly device: string;
  /** Name of the prompt file. */
  readonly prompt: string;
  readonly setting: number;
  /** Null: every split. */
  readonly split: string | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Null: not finished; annotating again goes on. */
  readonly finishedAt: string | null;
  /** Records with a prediction that is current, and those whose record or prompt has changed since. */
  readonly n: number;
  readonly stale: number;
  /** Null when `n` is 0 or the dataset file cannot be read. */
  readonly metrics: RunMetrics | null;
  /** Records per second of generation; null before the first record. */
  readonly rate: number | null;
}

export interface RunMetrics {
  readonly accuracy: Share;
  readonly coverage: Share;
  readonly contradictions: Share;
}

export interface DeleteRunParams {
  readonly runId: string;
}

/** Shipped models, then the user's. */
export interface ModelsResult {
  readonly models: readonly ModelRow[];
}

export interface ModelRow {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly role: 'teacher' | 'student' | 'base' | 'other';
  readonly description: string;
  /** The device it runs on (`WebGPU (NVIDIA H200)`), as found by running it; null: not opened yet. */
  readonly device: string | null;
  /** Null, or one sentence that says why it cannot run here. */
  readonly unavailable: string | null;
}

export interface SplitsParams {
  readonly uri: string;
}

/** Empty when no record names a split. */
export interface SplitsResult {
  readonly splits: readonly { readonly name: string; readonly records: number }[];
  /** All records of the file. */
  readonly records: number;
}

export interface OutputsDatasetsParams {
  /** An open outputs file. */
  readonly uri: string;
}

/** The datasets in the file's folder, in those above it and in open editors, those that fit best first. */
export interface OutputsDatasetsResult {
  readonly datasets: readonly OutputsDataset[];
}

export interface OutputsDataset {
  readonly uri: string;
  /** Of the `outputs` outputs looked at, those that name a record of the dataset. */
  readonly matched: number;
  readonly outputs: number;
  /** How they name it, `by pid` or `line by line`; empty when none does. */
  readonly by: string;
}

/** Asks what a model would be shown with an open prompt file, as it stands in the editor. */
export interface RenderPromptParams {
  readonly uri: string;
  /** Absent: the first record of the dataset beside or above the prompt file. */
  readonly record?: RecordReference;
}

/** A record by its id, or by a place in its lines. */
export type RecordReference = { readonly dataset: string } & (
  | { readonly id: string }
  | { readonly position: Position }
);

export interface RenderPromptResult {
  /** The record that it was rendered for; null when there is no dataset, or none where the reference points. */
  readonly record: PromptRecord | null;
  /** Null: see `problem`. */
  readonly prompt: PromptView | null;
  /** Why nothing can be rendered as the file stands. */
  readonly problem: { readonly message: string; readonly range: Range | null } | null;
}

export interface PromptRecord {
  readonly dataset: string;
  readonly id: string;
  /** The question, shortened to one line. */
  readonly label: string;
}

/** What a model would be shown for a record. */
export interface PromptView {
  readonly setting: number;
  /** Ids of the models that the prompt file is written for; empty when it names none. */
  readonly models: readonly string[];
  readonly messages: readonly PromptMessage[];
  /** What is asked before these, query by query; an output that is not known yet stands as `«…»`. */
  readonly before: readonly { readonly query: string; readonly messages: readonly PromptMessage[] }[];
  /** Ids of the records that are shown solved. */
  readonly demonstrations: readonly string[];
  readonly leaks: readonly PromptLeak[];
  /** What the prompt does not hold, and why in a few words. */
  readonly omitted: readonly { readonly field: string; readonly why: string }[];
  /** One sentence why no model would be asked this; null when one would be. */
  readonly refusal: string | null;
}

export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: readonly PromptPart[];
}

/** What a prompt tells of the record that its setting withholds, or that gives the answer away as is meant. */
export interface PromptLeak {
  readonly field: 'lecture' | 'solution' | 'answer';
  readonly isWithheld: boolean;
}

export type PromptPart =
  | { readonly type: 'text'; readonly pieces: readonly PromptPiece[] }
  /** URI of the image's file. */
  | { readonly type: 'image'; readonly uri: string };

export interface PromptPiece {
  readonly text: string;
  /** The fields of the record that it was made of; empty: the template's own words. */
  readonly fields: readonly string[];
  /** Whether it is what a leak tells. */
  readonly isLeak: boolean;
}

/** Which open documents the server reads as datasets, by shape. Sent when that set changes. */
export interface DatasetsParams {
  readonly uris: readonly string[];
}

/** Something a view shows has changed: ask again. At most a few a second. */
export interface ChangedParams {
  /** Null: for `models`, and for runs of every dataset. */
  readonly uri: string | null;
  readonly what: 'records' | 'runs' | 'models';
}
