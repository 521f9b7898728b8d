import { type Faithfulness, type FaithfulnessScores, faithfulnessOf } from '../metrics/faithfulness.ts';
import type { Prediction } from '../models/types.ts';
import { faithfulnessKey } from '../store/keys.ts';
import type { Store } from '../store/types.ts';

/** The scores that are stored for outputs. */
export class Tests {
  private readonly store: Store | null;

  constructor(store: Store | null) {
    this.store = store;
  }

  scores(prediction: Prediction): FaithfulnessScores | null {
    return this.store?.scores(faithfulnessKey(prediction)) ?? null;
  }

  save(prediction: Prediction, scores: FaithfulnessScores): void {
    this.store?.saveScores(faithfulnessKey(prediction), scores);
  }

  of(prediction: Prediction, choice: number): Faithfulness | null {
    const scores = this.scores(prediction);
    return scores && choice < scores.alone.length ? faithfulnessOf(scores, choice) : null;
  }
}
