import type { RunCard, Store, StoredPrediction } from './types.ts';

type Predictions = Map<string, readonly StoredPrediction[]>;

/** A run as last read from the store: its predictions when they are first asked for, since most runs never are. */
export class StoredRun {
  readonly card: RunCard;
  private readonly store: Store;
  private known: Predictions | null = null;
  /** As they were read before. */
  private earlier: Predictions | null;

  constructor(card: RunCard, store: Store, before: StoredRun | undefined) {
    this.card = card;
    this.store = store;
    this.earlier = before?.known ?? before?.earlier ?? null;
  }

  /** By record id: each record's samples in order. */
  get predictions(): Predictions {
    this.known ??= this.read();
    return this.known;
  }

  private read(): Predictions {
    const predictions = new Map(this.store.predictions(this.card.id));
    for (const [id, before] of this.earlier ?? []) {
      const now = predictions.get(id)?.map((one) => before.find((other) => isSame(one, other)) ?? one);
      if (now) predictions.set(id, now);
    }
    this.earlier = null;
    return predictions;
  }

  /** Takes over what was just saved, where the run has been looked at. */
  add(prediction: StoredPrediction): void {
    const { recordId, sample } = prediction;
    const others = this.known?.get(recordId)?.filter((one) => one.sample !== sample) ?? [];
    this.known?.set(
      recordId,
      [...others, prediction].sort((a, b) => a.sample - b.sample),
    );
  }
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
    for (const prediction of predictions) run?.add(prediction);
  }

  private read(): void {
    const { store, runs: before } = this;
    const cards = store?.runs(this.dataset) ?? [];
    this.runs = cards.map(
      (card) =>
        new StoredRun(
          card,
          store as Store,
          before.find((run) => run.card.id === card.id),
        ),
    );
    this.isCurrent = true;
  }
}

function isSame(a: StoredPrediction, b: StoredPrediction): boolean {
  return a.sample === b.sample && a.key === b.key && a.output === b.output && a.error === b.error;
}
