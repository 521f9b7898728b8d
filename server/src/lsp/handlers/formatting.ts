import type { RequestHandler } from '../handler.ts';
import { formatting as formatted } from '../prompt-navigation.ts';

/** Formats a prompt file without changing what it makes of any record. */
export const formatting: RequestHandler<'textDocument/formatting'> = ({ textDocument }, session) => {
  const prompt = session.prompts.open(textDocument.uri);
  return prompt ? formatted(prompt) : [];
};
