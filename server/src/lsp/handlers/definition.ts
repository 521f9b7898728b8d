import type { RequestHandler } from '../handler.ts';
import { recordLocation } from '../outputs-file.ts';
import { outputsAt } from '../outputs-view.ts';
import { definition as promptDefinition } from '../prompt-navigation.ts';

/** From an output to the record it answers; in a prompt file, from a name to its declaration. */
export const definition: RequestHandler<'textDocument/definition'> = (
  { textDocument, position },
  session,
) => {
  const prompt = session.prompts.open(textDocument.uri);
  if (prompt) return promptDefinition(prompt, position);
  const file = session.outputs.open(textDocument.uri);
  if (!file?.dataset) return [];
  const { dataset } = file;
  return outputsAt(file, position).flatMap(({ record }) => (record ? [recordLocation(dataset, record)] : []));
};
