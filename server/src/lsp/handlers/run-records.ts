import type { RequestHandler } from '../handler.ts';
import { recordOutcome } from '../output-reports.ts';

/** What became of the records of a stored run, in the order of the file; none where it is no longer stored. */
export const runRecords: RequestHandler<'rationale/runRecords'> = ({ runId }, session) => {
  const run = session.storeIfAny()?.run(runId);
  if (!run) return { dataset: null, records: [] };
  const { uri, pipeline, document } = session.datasets.at(run.dataset);
  const { results } = pipeline.report(run);
  return { dataset: uri, records: results.map((result) => recordOutcome(document, result)) };
};
