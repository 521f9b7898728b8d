import { type DocumentSymbol, SymbolKind } from 'vscode-languageserver/node';
import { shorten } from '../../core/text.ts';
import { toRange } from '../convert.ts';
import type { RequestHandler } from '../handler.ts';
import { symbols as promptSymbols } from '../prompt-navigation.ts';

/** Every record by its id, with its question beside it; the parts of a prompt file. */
export const documentSymbol: RequestHandler<'textDocument/documentSymbol'> = (params, session) => {
  const prompt = session.prompts.open(params.textDocument.uri);
  if (prompt) return promptSymbols(prompt);
  const document = session.datasets.open(params.textDocument.uri)?.document;
  const symbols: DocumentSymbol[] = [];
  for (const { index, chunk } of document?.records() ?? []) {
    if (!document || !chunk.source) continue;
    const { record, span, idSpan } = chunk.source;
    symbols.push({
      name: record.id || '(no id)',
      detail: shorten(record.question),
      kind: SymbolKind.Object,
      range: toRange(document, index, span),
      selectionRange: toRange(document, index, idSpan),
    });
  }
  return symbols;
};
