import type { RunCard, Store, StoredPrediction } from './types.ts';

export interface StoredRun {
  readonly card: RunCard;
  /** By record id: each record's samples in order. */
  readonly predictions: Map<string, readonly StoredPrediction[]>;
}

/**
 * The runs of one dataset as last read from the store. A prediction that has not changed stays the same object
 * when they are read again, and so keeps what was made of it.
 */
export class StoredRuns {
  private readonly store: Store | null;
  private readonly dataset: string;
  private runs: readonly StoredRun[] = [];
  private isCurrent = false;

  constructor(store: Store | null, dataset: string) {
    this.store = store;
    this.dataset = dataset;
  }

  /** Newest first. */
  all(): readonly StoredRun[] {
    if (!this.isCurrent) this.read();
    return this.runs;
  }

  find(id: string): StoredRun | undefined {
    return this.all().find(({ card }) => card.id === id);
  }

  /** The store has changed behind our back: read it again when next asked. */
  outdate(): void {
    this.isCurrent = false;
  }

  /** Takes over what was just saved. */
  add(runId: string, predictions: readonly StoredPrediction[]): void {
    const run = this.find(runId);
    for (const prediction of predictions) {
      const others = run?.predictions
        .get(prediction.recordId)
        ?.filter(({ sample }) => sample !== prediction.sample);
      const samples = [...(others ?? []), prediction].sort((a, b) => a.sample - b.sample);
      run?.predictions.set(prediction.recordId, samples);
    }
  }

  private read(): void {
    const before = this.runs;
    this.runs = (this.store?.runs(this.dataset) ?? []).map((card) => {
      const predictions = new Map(this.store?.predictions(card.id));
      for (const [id, known] of before.find((run) => run.card.id === card.id)?.predictions ?? []) {
        const now = predictions.get(id);
        if (now)
          predictions.set(
            id,
            now.map((one) => known.find((other) => isSame(one, other)) ?? one),
          );
      }
      return { card, predictions };
    });
    this.isCurrent = true;
  }
}

function isSame(a: StoredPrediction, b: StoredPrediction): boolean {
  return a.sample === b.sample && a.key === b.key && a.output === b.output && a.error === b.error;
}
