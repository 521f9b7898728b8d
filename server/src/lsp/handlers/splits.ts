import type { RequestHandler } from '../handler.ts';

export const splits: RequestHandler<'rationale/splits'> = ({ uri }, session) => {
  const { pipeline, document } = session.datasets.get(uri);
  const splits = Array.from(pipeline.splitCounts(), ([name, records]) => ({ name, records }));
  return { splits, records: [...document.records()].length };
};
