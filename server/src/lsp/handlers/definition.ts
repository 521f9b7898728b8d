import type { RequestHandler } from '../handler.ts';
import { recordLocation } from '../outputs-file.ts';
import { outputsAt } from '../outputs-view.ts';

/** From an output to the record it answers. */
export const definition: RequestHandler<'textDocument/definition'> = (
  { textDocument, position },
  session,
) => {
  const file = session.outputs.open(textDocument.uri);
  if (!file?.dataset) return [];
  const { dataset } = file;
  return outputsAt(file, position).flatMap(({ record }) => (record ? [recordLocation(dataset, record)] : []));
};
