import type { Decoding } from './models/types.ts';

/** Bound of a generated answer in tokens, when nobody says otherwise. Part of every stored prediction's key. */
export const DEFAULT_MAX_NEW_TOKENS = 256;

/** How tokens are chosen, as people ask for it. */
export interface DecodingWish {
  readonly maxNewTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly samples?: number;
  readonly constrained?: boolean;
}

/**
 * The decoding that is meant, written in one way, so that the same wish always finds the same stored predictions.
 * @throws Error whose message is one sentence, when the wish makes no sense
 */
export function decodingOf(wish: DecodingWish): Decoding {
  const { maxNewTokens = DEFAULT_MAX_NEW_TOKENS, temperature = 0, topP = 1, seed = 0, samples = 1 } = wish;
  const held = wish.constrained ? ({ constrained: true } as const) : {};
  if (temperature > 0) return { maxNewTokens, temperature, topP, seed, samples, ...held };
  if (samples > 1) {
    throw new Error(
      `At temperature 0 the ${samples} samples of a record would all be the same: ask for a temperature above 0, such as 0.7.`,
    );
  }
  return { maxNewTokens, temperature, ...held };
}

/** How tokens are chosen, in words: `256 new tokens, temperature 0.7, top-p 0.95, seed 1, 8 samples`. */
export function decodingWords(decoding: Decoding): string {
  const { maxNewTokens, temperature, topP, seed, samples, constrained } = decoding;
  const drawn = temperature > 0 ? [`top-p ${topP ?? 1}`, `seed ${seed ?? 0}`, `${samples ?? 1} samples`] : [];
  const held = constrained ? ['held to its format'] : [];
  return [`${maxNewTokens} new tokens`, `temperature ${temperature}`, ...drawn, ...held].join(', ');
}
