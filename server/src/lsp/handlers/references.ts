import type { RequestHandler } from '../handler.ts';
import { outputsAt } from '../outputs-view.ts';
import { references as promptReferences } from '../prompt-navigation.ts';

/**
 * The outputs that answer a record, in every outputs file that is open: asked of the record, or of one of them. In a
 * prompt file, everywhere that a name stands.
 */
export const references: RequestHandler<'textDocument/references'> = (
  { textDocument, position, context },
  { datasets, outputs, prompts },
) => {
  const prompt = prompts.open(textDocument.uri);
  if (prompt) return promptReferences(prompt, position, context.includeDeclaration);
  const file = outputs.open(textDocument.uri);
  const dataset = file ? file.dataset : datasets.open(textDocument.uri);
  if (!dataset) return [];
  const { document } = dataset;
  const source = file
    ? outputsAt(file, position)[0]?.record?.source
    : document.chunks[document.chunkIndexAt(document.offsetAt(position))]?.source;
  return source ? outputs.boundTo(dataset.path).flatMap((bound) => bound.outputsOf(source)) : [];
};
