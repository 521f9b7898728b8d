/** Keeping what a run generates, as it comes. */
import type { ModelRequest, Prediction } from './models/types.ts';
import type { AnnotateJob, AnnotateProgress } from './pipeline-types.ts';
import type { Store, StoredPrediction } from './store/types.ts';

/** How many finished predictions are written in one transaction, and after how many seconds at the latest. */
const SAVE_EVERY = 32;
const SAVE_AFTER = 0.5;

/** One sitting of an annotation run: saves its predictions in batches and counts them. */
export class Sitting {
  private readonly job: AnnotateJob;
  private readonly store: Store;
  private readonly seconds: () => number;
  private readonly onSaved: (batch: readonly StoredPrediction[]) => void;
  private readonly recordsByKey: ReadonlyMap<string, AnnotateJob['requests']>;
  private batch: StoredPrediction[] = [];
  private since = 0;
  private done: number;
  private failed = 0;
  private generated = 0;

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
    this.done = job.stored;
    this.recordsByKey = Map.groupBy(job.requests, (request) => request.key);
  }

  /** What the model has to be asked: records that ask the same thing are asked once. */
  get requests(): readonly ModelRequest[] {
    return [...this.recordsByKey.values()].map((same) => same[0] as ModelRequest);
  }

  get isComplete(): boolean {
    return this.done >= this.job.total;
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
    const runId = this.job.run.id;
    for (const { recordId, sample } of this.recordsByKey.get(prediction.key) ?? []) {
      this.batch.push({ ...prediction, runId, recordId, sample });
      this.generated++;
    }
    const isTime = this.batch.length >= SAVE_EVERY || this.seconds() - this.since >= SAVE_AFTER;
    return isTime ? this.flush() : null;
  }

  /** Saves what is not saved yet. */
  flush(): AnnotateProgress {
    if (this.batch.length === 0) return this.progress();
    const now = this.seconds();
    this.store.updateRun(this.job.run.id, { addSeconds: now - this.since, addGenerated: this.batch.length });
    this.since = now;
    const { batch } = this;
    this.batch = [];
    return this.save(batch);
  }

  /** How far it is. @param recordIds what was saved just now */
  progress(recordIds: readonly string[] = []): AnnotateProgress {
    const { done, failed, generated } = this;
    return { done, total: this.job.total, failed, generated, recordIds };
  }

  private save(batch: readonly StoredPrediction[]): AnnotateProgress {
    this.store.save(batch);
    this.onSaved(batch);
    this.done += batch.length;
    this.failed += batch.filter((prediction) => prediction.error !== undefined).length;
    return this.progress(batch.map((prediction) => prediction.recordId));
  }
}
