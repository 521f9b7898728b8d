import type { RequestHandler } from '../handler.ts';
import { outputReport } from '../output-reports.ts';

/** What a stored run has for a record; null when it has nothing that still holds. */
export const output: RequestHandler<'rationale/output'> = ({ runId, record }, session) => {
  const run = session.storeIfAny()?.run(runId);
  if (!run) return null;
  const answer = session.datasets.at(run.dataset).pipeline.answer(run, record);
  return answer && outputReport(answer.source, answer.result);
};
