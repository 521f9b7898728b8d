import type { RequestHandler } from '../handler.ts';
import { rename as renamed } from '../prompt-navigation.ts';

/** Gives an input of a prompt file another name, in the front matter and in the template. */
export const rename: RequestHandler<'textDocument/rename'> = (
  { textDocument: { uri }, position, newName },
  session,
) => {
  const prompt = session.prompts.open(uri);
  return prompt && { changes: { [uri]: renamed(prompt, position, newName) } };
};
