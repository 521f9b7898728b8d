/** What a run that takes several samples of each record tells beyond its votes. */
import { calibration } from '../metrics/calibration.ts';
import { hasGold } from '../metrics/report.ts';
import { passAt } from '../metrics/samples.ts';
import type { Usage } from '../models/types.ts';
import type { RecordSource } from '../records/types.ts';
import type { StoredPrediction } from '../store/types.ts';
import type { RecordResult, RunReport } from './types.ts';

/**
 * The numbers of a run that are taken of every sample, not of the records' votes.
 *
 * @param earlier what the model said of these records to queries before those for the answer
 */
export function sampleNumbers(
  results: readonly { readonly source: RecordSource; readonly result: RecordResult }[],
  earlier: readonly StoredPrediction[],
): Pick<RunReport, 'failed' | 'promptTokens' | 'tokens' | 'cost' | 'passAt' | 'calibration'> {
  const judged = results.flatMap(({ source: { record }, result }) =>
    result.samples.map(({ judgement }) => ({ record, judgement })),
  );
  const predictions = results.flatMap(({ result }) => result.samples.map(({ prediction }) => prediction));
  const all = [...predictions, ...earlier];
  const sumOf = (count: (usage: Usage) => number) =>
    results.length === 0 ? 0 : all.reduce((sum, { usage }) => sum + count(usage), 0) / results.length;
  const paid = all.flatMap(({ usage }) => usage.cost ?? []);
  const stated = results.flatMap(({ source, result: { vote, judgement } }) =>
    vote && hasGold(source.record)
      ? [{ confidence: vote.agreement, correct: judgement.verdict === 'correct' }]
      : [],
  );
  return {
    failed: predictions.filter(({ error }) => error !== undefined).length,
    promptTokens: sumOf(({ promptTokens }) => promptTokens),
    tokens: sumOf(({ outputTokens }) => outputTokens),
    cost: paid.length === 0 ? null : paid.reduce((sum, cost) => sum + cost, 0),
    passAt: passAt(judged),
    calibration: calibration(stated),
  };
}
