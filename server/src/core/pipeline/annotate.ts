/** Keeping what a run generates, as it comes. */
import { failedPrediction } from '../models/failed.ts';
import type { ModelRequest, Prediction } from '../models/types.ts';
import type { Store, StoredPrediction } from '../store/types.ts';
import type { AnnotateJob, AnnotateProgress, JobRequest } from './types.ts';

/** How many finished predictions are written in one transaction, and after how many seconds at the latest. */
const SAVE_EVERY = 32;
const SAVE_AFTER = 0.5;

/** One sitting of an annotation run: saves its predictions in batches and counts them. */
export class Sitting {
  private job: AnnotateJob;
  private readonly store: Store;
  private readonly seconds: () => number;
  private readonly onSaved: (batch: readonly StoredPrediction[]) => void;
  private byKey: ReadonlyMap<string, readonly JobRequest[]> = new Map();
  private batch: StoredPrediction[] = [];
  private since = 0;
  private done = 0;
  private failed = 0;
  private generated = 0;
  private query: AnnotateProgress['query'] = null;
  /** Keys of requests that failed: they are not tried again in one sitting. */
  private readonly failedKeys = new Set<string>();

  /** @param seconds a clock that only its differences are taken of */
  constructor(
    job: AnnotateJob,
    store: Store,
    seconds: () => number,
    onSaved: (batch: readonly StoredPrediction[]) => void,
  ) {
    this.job = job;
    this.store = store;
    this.seconds = seconds;
    this.onSaved = onSaved;
    this.begunWith(job);
  }

  /** What the model has to be asked: records that ask the same thing are asked once. */
  get requests(): readonly ModelRequest[] {
    return [...this.byKey.values()].map((same) => same[0] as ModelRequest);
  }

  /** True when more has to be asked once the present requests are answered. */
  get hasMore(): boolean {
    return this.query !== null;
  }

  get isComplete(): boolean {
    return this.done >= this.job.total;
  }

  /** Goes on with what is to be asked next. */
  proceed(job: AnnotateJob): AnnotateProgress {
    this.begunWith(job);
    return this.settle();
  }

  /** Saves what needed no model. */
  settle(): AnnotateProgress {
    return this.save(this.job.settled);
  }

  begin(device: string): void {
    this.store.updateRun(this.job.run.id, { device });
    this.since = this.seconds();
  }

  /** Takes in what the model said; returns the progress when it was time to save. */
  take(prediction: Prediction): AnnotateProgress | null {
    for (const request of this.byKey.get(prediction.key) ?? [])
      this.batch.push(this.stored(prediction, request));
    const isTime = this.batch.length >= SAVE_EVERY || this.seconds() - this.since >= SAVE_AFTER;
    return isTime ? this.flush() : null;
  }

  /** Saves what is not saved yet. */
  flush(): AnnotateProgress {
    if (this.batch.length === 0) return this.progress();
    const now = this.seconds();
    const answers = this.batch.filter(isAnswer).length;
    const { batch, since } = this;
    this.batch = [];
    this.generated += answers;
    this.since = now;
    if (this.query) this.query = { ...this.query, done: this.query.done + batch.length };
    const progress = this.save(batch);
    this.store.updateRun(this.job.run.id, { addSeconds: now - since, addGenerated: answers });
    return progress;
  }

  /** How far it is. @param recordIds what was saved just now */
  progress(recordIds: readonly string[] = []): AnnotateProgress {
    const { done, failed, generated, query } = this;
    return { done, total: this.job.total, failed, generated, query, recordIds };
  }

  private begunWith(job: AnnotateJob): void {
    this.job = job;
    this.done = job.stored;
    const requests = job.requests.filter(({ key }) => !this.failedKeys.has(key));
    this.byKey = Map.groupBy(requests, ({ key }) => key);
    const queries = requests.filter(({ query }) => query !== undefined);
    const [first] = queries;
    this.query = first ? { name: first.query as string, done: 0, total: requests.length } : null;
  }

  /** A query that fails leaves its record without an answer. */
  private stored(prediction: Prediction, { recordId, sample, query }: JobRequest): StoredPrediction {
    const place = { runId: this.job.run.id, recordId, sample };
    if (prediction.error === undefined)
      return { ...prediction, ...place, ...(query !== undefined && { query }) };
    this.failedKeys.add(prediction.key);
    if (query === undefined) return { ...prediction, ...place };
    return {
      ...failedPrediction(prediction.key, `The query "${query}" failed: ${prediction.error}`),
      ...place,
    };
  }

  private save(batch: readonly StoredPrediction[]): AnnotateProgress {
    this.store.save(batch);
    const answers = batch.filter(isAnswer);
    this.onSaved(answers);
    this.done += answers.length;
    this.failed += answers.filter((prediction) => prediction.error !== undefined).length;
    return this.progress(answers.map((prediction) => prediction.recordId));
  }
}

function isAnswer({ query }: StoredPrediction): boolean {
  return query === undefined;
}
