import { testFaithfulness } from '../faithfulness-tester.ts';
import type { RequestHandler } from '../handler.ts';

export const faithfulness: RequestHandler<'rationale/faithfulness'> = (params, session, token) => {
  const cancel = new AbortController();
  token.onCancellationRequested(() => cancel.abort());
  return testFaithfulness(session, params, session.client.progress(params.workDoneToken), cancel);
};
