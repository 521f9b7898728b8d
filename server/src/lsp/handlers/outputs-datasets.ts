import { wayWords } from '../dataset-rows.ts';
import type { RequestHandler } from '../handler.ts';

/** The datasets that could be meant, for the user to choose from. */
export const outputsDatasets: RequestHandler<'rationale/outputsDatasets'> = ({ uri }, session) => {
  const candidates = session.outputs.candidates(uri);
  if (!candidates) throw new Error('Only a JSON or JSONL file that is open can be judged as outputs.');
  const { sample, found } = candidates;
  const datasets = found.map(({ dataset, candidate }) => ({
    uri: dataset.uri,
    matched: candidate?.matched ?? 0,
    outputs: sample.outputs.length,
    by: candidate ? wayWords(candidate.way) : '',
  }));
  return { datasets: datasets.sort((a, b) => b.matched - a.matched) };
};
