/** What client and server say to each other about datasets, their records, and outputs files. */
import type { Range, SeverityCounts } from './values.ts';

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

/** Which open documents the server reads as datasets, by shape. Sent when that set changes. */
export interface DatasetsParams {
  readonly uris: readonly string[];
}

/** Something a view shows has changed: ask again. At most a few a second. */
export interface ChangedParams {
  /** Null: for `models`, and for runs of every dataset; of `trainings`, the run's folder, or null for the list. */
  readonly uri: string | null;
  readonly what: 'records' | 'runs' | 'models' | 'trainings';
}
