import type { FaithfulnessScores } from '../metrics/faithfulness.ts';
import type { Decoding, Prediction } from '../models/types.ts';
import type { Setting } from '../prompts/types.ts';
import type { Sample } from '../records/sample.ts';

/**
 * What a run is for: `run` is listed and annotates its dataset; a `trial` of a prompt on single records and a cell
 * of a `matrix` are only kept, and so are the samples from which `rationales` are chosen: their teacher may have been
 * shown the answer.
 */
export type RunPurpose = 'run' | 'trial' | 'matrix' | 'rationales';

/** A student that answers, and how sure it has to be to keep a record to itself. */
export interface Cascade {
  /** Id of the student's run, whose samples vote. */
  readonly student: string;
  /** A record goes to the teacher where the share of the samples that name the voted choice is below this. */
  readonly below: number;
}

/** The identity of a run: predictions of one model with one prompt on records of one dataset. */
export interface RunCard {
  /** Short and unique in the store; the user may name it. */
  readonly id: string;
  /** Absolute path of the dataset file. */
  readonly dataset: string;
  readonly model: string;
  readonly revision: string;
  readonly role: 'teacher' | 'student' | 'base' | 'other';
  readonly device: string;
  /** Path of the prompt file as given, or the name of the shipped one. */
  readonly prompt: string;
  /** The prompt file's text: what ran, even when the file has changed since. */
  readonly promptText: string;
  readonly setting: Setting;
  readonly format: 'stages' | 'json' | 'letter';
  readonly decoding: Decoding;
  /** Null: every split. */
  readonly split: string | null;
  /** Null: every record of the split. */
  readonly sample: Sample | null;
  /** How its records were changed before they were asked; a name of the table of variations, null: not at all. */
  readonly variation: string | null;
  readonly purpose: RunPurpose;
  /** This run's model is asked only where another run's samples disagree; null: it is asked everything. */
  readonly cascade: Cascade | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Null while running, or when it was cut off; the next `annotate` goes on. */
  readonly finishedAt: string | null;
  /** Seconds spent generating, over all sittings. */
  readonly seconds: number;
  /** Answers generated in that time; the others were taken over from runs that had asked the same. */
  readonly generated: number;
}

/** A prediction of a run for a record. */
export interface StoredPrediction extends Prediction {
  readonly runId: string;
  readonly recordId: string;
  /** Which of the record's samples this is, counted from 0. */
  readonly sample: number;
  /** The query that it answers, when that is one before the query for the answer. */
  readonly query?: string;
}

export interface RunChange {
  readonly finishedAt?: string | null;
  readonly addSeconds?: number;
  readonly addGenerated?: number;
  readonly device?: string;
}

/** Where predictions are kept. One writer; every method is synchronous and durable when it returns. */
export interface Store {
  /** Creates the run or returns the stored one with the same id. */
  openRun(card: RunCard): RunCard;
  /** Marks the run as done (`finishedAt`), adds to what one sitting took and made, or names its device. */
  updateRun(id: string, change: RunChange): void;
  runs(dataset?: string): readonly RunCard[];
  run(id: string): RunCard | null;
  deleteRun(id: string): void;
  /** Stores what is new, by (run, record, sample, query); in one transaction. */
  save(predictions: readonly StoredPrediction[]): void;
  /** The answers of a run, by record id: each record's samples in order. */
  predictions(runId: string): ReadonlyMap<string, readonly StoredPrediction[]>;
  /** All that a run's model said of a record, queries before those for the answer included; each query's samples in order. */
  said(runId: string, recordId: string): readonly StoredPrediction[];
  /**
   * The same for counting, many records in a row: what the model wrote is read from the store when it is looked at, and
   * is empty if it is no longer there. They must not be spread into other objects.
   */
  outcomes(runId: string, recordId: string): readonly StoredPrediction[];
  /** A prediction made under the same content key, in whichever run. */
  byKey(key: string): StoredPrediction | null;
  /** Keeps what choices were scored for an output (`faithfulnessKey`), in place of what was kept before. */
  saveScores(key: string, scores: FaithfulnessScores): void;
  scores(key: string): FaithfulnessScores | null;
  /** Remembers the folder of a training run. @param addedAt ISO 8601, UTC */
  addTraining(folder: string, addedAt: string): void;
  /** The folders of training runs, newest first, whether they are still there or not. */
  trainings(): readonly string[];
  /** Forgets the folder; what is in it stays. */
  removeTraining(folder: string): void;
  close(): void;
}
