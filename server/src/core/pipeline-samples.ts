/** What a run that takes several samples of each record tells beyond its votes. */
import { calibration } from './metrics/calibration.ts';
import { hasGold } from './metrics/report.ts';
import { passAt } from './metrics/samples.ts';
import type { RecordResult, RunReport } from './pipeline-types.ts';
import type { RecordSource } from './records/types.ts';

/** The numbers of a run that are taken of every sample, not of the records' votes. */
export function sampleNumbers(
  results: readonly { readonly source: RecordSource; readonly result: RecordResult }[],
): Pick<RunReport, 'failed' | 'tokens' | 'cost' | 'passAt' | 'calibration'> {
  const judged = results.flatMap(({ source: { record }, result }) =>
    result.samples.map(({ judgement }) => ({ record, judgement })),
  );
  const predictions = results.flatMap(({ result }) => result.samples.map(({ prediction }) => prediction));
  const tokens = predictions.reduce((sum, { usage }) => sum + usage.outputTokens, 0);
  const paid = predictions.flatMap(({ usage }) => usage.cost ?? []);
  const stated = results.flatMap(({ source, result: { vote, judgement } }) =>
    vote && hasGold(source.record)
      ? [{ confidence: vote.agreement, correct: judgement.verdict === 'correct' }]
      : [],
  );
  return {
    failed: predictions.filter(({ error }) => error !== undefined).length,
    tokens: results.length === 0 ? 0 : tokens / results.length,
    cost: paid.length === 0 ? null : paid.reduce((sum, cost) => sum + cost, 0),
    passAt: passAt(judged),
    calibration: calibration(stated),
  };
}
