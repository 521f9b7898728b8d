import type { RequestHandler } from '../handler.ts';
import { runMatrix } from '../matrix-runner.ts';

export const matrix: RequestHandler<'rationale/matrix'> = (params, session, token) => {
  const cancel = new AbortController();
  token.onCancellationRequested(() => cancel.abort());
  return runMatrix(params, session, session.client.progress(params.workDoneToken), cancel);
};
