import type { RequestHandler } from '../handler.ts';
import { links } from '../prompt-navigation.ts';

/** The files that a prompt file names. */
export const documentLink: RequestHandler<'textDocument/documentLink'> = ({ textDocument }, session) => {
  const prompt = session.prompts.open(textDocument.uri);
  return prompt ? links(prompt) : [];
};
