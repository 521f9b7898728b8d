/** Asking what a run has left to ask, and keeping what is answered, as it comes. */
import { failedPrediction } from '../models/failed.ts';
import type { ModelRequest, Prediction } from '../models/types.ts';
import type { Store, StoredPrediction } from '../store/types.ts';
import { type Failures, type Planner, recordIdOf, requestOf } from './planning.ts';
import type { AnnotateJob, AnnotateProgress, JobRequest, Place } from './types.ts';

/** How many finished predictions are written in one transaction, and after how many seconds at the latest. */
const SAVE_EVERY = 32;
const SAVE_AFTER = 0.5;
/** The same for what needs no model. */
const SETTLE_EVERY = 256;

/** Where an answer belongs, once there is one. */
type Asked = Pick<JobRequest, 'recordId' | 'sample' | 'query'>;

/** One sitting of an annotation run: composes its prompts when the model takes them, saves predictions in batches and counts them. */
export class Sitting {
  private job: AnnotateJob;
  private readonly planner: Planner;
  private readonly store: Store;
  private readonly seconds: () => number;
  private readonly onSaved: () => void;
  /** What the model is being asked, by key: records that ask the same thing are asked once. Null: answered, not saved yet. */
  private asked = new Map<string, Asked[] | null>();
  private batch: StoredPrediction[] = [];
  /** What earlier queries were told elsewhere, to be saved with the batch. */
  private earlier: StoredPrediction[] = [];
  private since = 0;
  private done = 0;
  private failed = 0;
  private generated = 0;
  private query: AnnotateProgress['query'] = null;
  private readonly failedRequests = new Map<string, string>();

  /** @param seconds a clock that only its differences are taken of */
  constructor(job: AnnotateJob, planner: Planner, store: Store, seconds: () => number, onSaved: () => void) {
    this.job = job;
    this.planner = planner;
    this.store = store;
    this.seconds = seconds;
    this.onSaved = onSaved;
    this.begunWith(job);
  }

  /** Whether the model has to be asked anything. */
  get isOpen(): boolean {
    return this.job.open.length > 0;
  }

  /** True when more has to be asked once the present requests are answered. */
  get hasMore(): boolean {
    return this.query !== null;
  }

  get isComplete(): boolean {
    return this.done >= this.job.total;
  }

  /** Requests that failed: they are not tried again in one sitting. */
  get failures(): Failures {
    return this.failedRequests;
  }

  /** Goes on with what is to be asked next. */
  proceed(job: AnnotateJob): Iterable<AnnotateProgress> {
    this.begunWith(job);
    return this.settle();
  }

  /** Saves what needs no model. */
  *settle(): Iterable<AnnotateProgress> {
    let batch: StoredPrediction[] = [];
    for (const { step } of this.planner.steps(this.job.run, this.job.settled)) {
      if (step) batch.push(...step.settled);
      else this.done++;
      if (batch.length < SETTLE_EVERY) continue;
      yield this.save(batch);
      batch = [];
    }
    yield this.save(batch);
  }

  begin(device: string): void {
    this.store.updateRun(this.job.run.id, { device });
    this.since = this.seconds();
  }

  /** What the model has to be asked, composed as it is taken. */
  *requests(): Iterable<ModelRequest> {
    const { run, open, options } = this.job;
    for (const { place, step } of this.planner.steps(run, open)) {
      if (!step) this.done++;
      else if (!step.question) this.batch.push(...step.settled);
      else {
        this.earlier.push(...step.settled);
        const { key, query } = step.question;
        if (!this.joins(place, key, query)) {
          const request = requestOf(place, step.question, options);
          this.asked.set(key, [askedFor(place, query)]);
          yield request;
        }
      }
      if (this.batch.length >= SAVE_EVERY) this.flush();
    }
  }

  /** Takes in what the model said; returns the progress when it was time to save. */
  take(prediction: Prediction): AnnotateProgress | null {
    for (const one of this.asked.get(prediction.key) ?? []) this.batch.push(this.stored(prediction, one));
    this.asked.set(prediction.key, null);
    const isTime = this.batch.length >= SAVE_EVERY || this.seconds() - this.since >= SAVE_AFTER;
    return isTime ? this.flush() : null;
  }

  /** Saves what is not saved yet. */
  flush(): AnnotateProgress {
    if (this.batch.length === 0) return this.progress();
    const now = this.seconds();
    const answers = this.batch.filter(isAnswer).length;
    const { batch, earlier, since } = this;
    this.batch = [];
    this.earlier = [];
    this.asked = new Map([...this.asked].filter(([, waiting]) => waiting));
    this.generated += answers;
    this.since = now;
    if (this.query) this.query = { ...this.query, done: this.query.done + batch.length };
    const progress = this.save([...earlier, ...batch]);
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
    this.query = job.query === null ? null : { name: job.query, done: 0, total: job.open.length };
  }

  /** Whether the same was asked before in this sitting: the answer goes here too. */
  private joins(place: Place, key: string, query: string | null): boolean {
    const one = askedFor(place, query);
    const waiting = this.asked.get(key);
    if (waiting) {
      waiting.push(one);
      return true;
    }
    const error = this.failedRequests.get(key);
    const said =
      error === undefined ? this.batch.find((known) => known.key === key) : failedPrediction(key, error);
    if (said) this.batch.push(this.stored(said, one));
    return said !== undefined;
  }

  /** A query that fails leaves its record without an answer. */
  private stored(prediction: Prediction, { recordId, sample, query }: Asked): StoredPrediction {
    const place = { runId: this.job.run.id, recordId, sample };
    if (prediction.error === undefined)
      return { ...prediction, ...place, ...(query !== undefined && { query }) };
    this.failedRequests.set(prediction.key, prediction.error);
    if (query === undefined) return { ...prediction, ...place };
    return {
      ...failedPrediction(prediction.key, `The query "${query}" failed: ${prediction.error}`),
      ...place,
    };
  }

  private save(batch: readonly StoredPrediction[]): AnnotateProgress {
    this.store.save(batch);
    this.onSaved();
    const answers = batch.filter(isAnswer);
    this.done += answers.length;
    this.failed += answers.filter((prediction) => prediction.error !== undefined).length;
    return this.progress(answers.map((prediction) => prediction.recordId));
  }
}

function askedFor(place: Place, query: string | null): Asked {
  return { recordId: recordIdOf(place), sample: place.sample, ...(query !== null && { query }) };
}

function isAnswer({ query }: StoredPrediction): boolean {
  return query === undefined;
}
