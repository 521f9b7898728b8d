import type { RequestHandler } from '../handler.ts';
import { completions } from '../prompt-view.ts';

/** What can be written in a prompt file: variables within tags, and what Rationale adds to the front matter. */
export const completion: RequestHandler<'textDocument/completion'> = (
  { textDocument, position },
  session,
) => {
  const prompt = session.prompts.open(textDocument.uri);
  return prompt && completions(prompt, position);
};
