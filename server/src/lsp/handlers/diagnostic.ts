import { DocumentDiagnosticReportKind } from 'vscode-languageserver/node';
import type { RequestHandler } from '../handler.ts';

/** The findings of a dataset; none for any other file. */
export const diagnostic: RequestHandler<'textDocument/diagnostic'> = (params, session) => {
  const dataset = session.datasets.open(params.textDocument.uri);
  if (!dataset) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
  const { id, diagnostics } = dataset.findings.report();
  if (id === params.previousResultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId: id };
  return { kind: DocumentDiagnosticReportKind.Full, resultId: id, items: [...diagnostics] };
};
