import type { Prediction } from './types.ts';

/** The prediction of a request that could not be answered; `error` is one sentence. */
export function failedPrediction(key: string, error: string): Prediction {
  const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
  return { key, output: '', finishReason: 'error', usage, error };
}
