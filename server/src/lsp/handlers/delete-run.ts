import type { RequestHandler } from '../handler.ts';

export const deleteRun: RequestHandler<'rationale/deleteRun'> = ({ runId }, session) => {
  const store = session.store();
  const run = store.run(runId);
  if (!run) throw new Error(`There is no run "${runId}".`);
  if (session.annotator.isRunning(runId))
    throw new Error(`The run "${runId}" is being made: cancel it first.`);
  store.deleteRun(runId);
  session.storeChanged(run.dataset, null);
  return null;
};
