import type { RequestHandler } from '../handler.ts';

export const annotate: RequestHandler<'rationale/annotate'> = (params, session, token) => {
  const cancel = new AbortController();
  token.onCancellationRequested(() => cancel.abort());
  return session.annotator.annotate(params, session.client.progress(params.workDoneToken), cancel);
};
