import type { RequestHandler } from '../handler.ts';
import { renameRange } from '../prompt-navigation.ts';

/** The name that would be renamed. */
export const prepareRename: RequestHandler<'textDocument/prepareRename'> = (
  { textDocument, position },
  session,
) => {
  const prompt = session.prompts.open(textDocument.uri);
  return prompt && renameRange(prompt, position);
};
