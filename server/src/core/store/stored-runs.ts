import type { RunCard, Store, StoredPrediction } from './types.ts';

/** The runs of one dataset: their cards as last read, and what their models said as it is stored when it is asked for. */
export class StoredRuns {
  private readonly store: Store | null;
  private readonly dataset: string;
  private known: readonly RunCard[] | null = null;

  constructor(store: Store | null, dataset: string) {
    this.store = store;
    this.dataset = dataset;
  }

  /** Newest first. */
  cards(): readonly RunCard[] {
    this.known ??= this.store?.runs(this.dataset) ?? [];
    return this.known;
  }

  find(id: string): RunCard | undefined {
    return this.cards().find((card) => card.id === id);
  }

  /** A record's samples in order. */
  answers(runId: string, recordId: string): readonly StoredPrediction[] {
    return this.store?.said(runId, recordId).filter(({ query }) => query === undefined) ?? [];
  }

  /** The store has changed: the cards are read again when next asked for. */
  outdate(): void {
    this.known = null;
  }
}
