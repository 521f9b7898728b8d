import type { InlayHint } from 'vscode-languageserver/node';
import { answerHints } from '../../core/annotations/hints.ts';
import { modelResults } from '../convert.ts';
import type { RequestHandler } from '../handler.ts';
import { hints as outputHints } from '../outputs-view.ts';
import { costHint } from '../recipe-view.ts';

/** What the models answer, behind the gold answer of each record in sight; in an outputs file, behind each output; of a recipe, what it comes to. */
export const inlayHint: RequestHandler<'textDocument/inlayHint'> = ({ textDocument, range }, session) => {
  if (!session.showsHints) return [];
  const recipe = session.recipes.open(textDocument.uri);
  if (recipe)
    return range.start.line === 0 ? costHint(recipe, session.trainings.measured(textDocument.uri)) : [];
  const dataset = session.datasets.open(textDocument.uri);
  if (!dataset) {
    const file = session.outputs.open(textDocument.uri);
    return file ? outputHints(file, range) : [];
  }
  const { document, pipeline } = dataset;
  const last = document.chunkIndexAt(document.offsetAt(range.end));
  const hints: InlayHint[] = [];
  for (let index = document.chunkIndexAt(document.offsetAt(range.start)); index <= last; index++) {
    const chunk = document.chunks[index];
    if (!chunk?.source) continue;
    for (const { offset, label, tooltip } of answerHints(
      chunk.source,
      modelResults(pipeline.results(chunk)),
    )) {
      const position = document.positionAt(document.startOf(index) + offset);
      hints.push({ position, label, tooltip, paddingLeft: true });
    }
  }
  return hints;
};
