import type { TextMetric } from './types.ts';

/** Vectors of length 1 by text, and the model that made them. */
export interface SentenceVectors {
  readonly model: string;
  readonly byText: ReadonlyMap<string, readonly number[]>;
}

/** The cosine of sentence embeddings. A text without a vector, such as an empty one, is like no other: 0. */
export function cosine({ model, byText }: SentenceVectors): TextMetric {
  return {
    id: 'cosine',
    implementation: `sentence-transformers 6.2.0 with ${model}`,
    range: [-1, 1],
    score: ({ text: candidate }, { text: reference }) => {
      const [a, b] = [byText.get(candidate), byText.get(reference)];
      if (!a || !b) return 0;
      const product = a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
      return Math.max(-1, Math.min(1, product));
    },
  };
}
