import type { RequestHandler } from '../handler.ts';
import { writeRationales } from '../rationale-writer.ts';

export const rationales: RequestHandler<'rationale/rationales'> = (params, session, token) => {
  const cancel = new AbortController();
  token.onCancellationRequested(() => cancel.abort());
  return writeRationales(session, params, session.client.progress(params.workDoneToken), cancel);
};
