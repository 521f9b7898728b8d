import type { RequestHandler } from '../handler.ts';
import { pathOf } from '../open-document.ts';

/** The stored runs, newest first; none where there is no store to look into. */
export const runs: RequestHandler<'rationale/runs'> = ({ uri }, session) => {
  const path = uri === undefined ? undefined : pathOf(uri);
  const cards = path === null ? [] : (session.storeIfAny()?.runs(path) ?? []);
  const listed = cards.filter(({ purpose }) => purpose === 'run');
  return { runs: listed.map((run) => session.runReports.row(run)) };
};
