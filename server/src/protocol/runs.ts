/** What client and server say to each other about stored runs. */
import type { Share } from './values.ts';

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
  /** Null: every record of the split. */
  readonly sample: { readonly n: number; readonly seed: number } | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Null: not finished; annotating again goes on. */
  readonly finishedAt: string | null;
  /** Null: its model was asked everything. */
  readonly cascade: CascadeRow | null;
  /** Records with a prediction that is current, and those whose record or prompt has changed since. */
  readonly n: number;
  readonly stale: number;
  /** Null when `n` is 0 or the dataset file cannot be read. */
  readonly metrics: RunMetrics | null;
  /** Records per second of generation; null before the first record. */
  readonly rate: number | null;
}

/** A student was asked first, and this run's model where the student's samples disagreed. */
export interface CascadeRow {
  /** The model; null when its run is no longer stored. */
  readonly student: string | null;
  readonly below: number;
  /** Of the records that the student has voted on; null as before. */
  readonly sent: Share | null;
}

export interface RunMetrics {
  readonly accuracy: Share;
  readonly coverage: Share;
  readonly contradictions: Share;
}

export interface DeleteRunParams {
  readonly runId: string;
}
