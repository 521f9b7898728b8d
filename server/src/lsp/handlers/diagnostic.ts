import { DocumentDiagnosticReportKind } from 'vscode-languageserver/node';
import type { RequestHandler } from '../handler.ts';

/** The findings of a dataset, an outputs file, a prompt file or a recipe; none for any other file. */
export const diagnostic: RequestHandler<'textDocument/diagnostic'> = (params, session) => {
  const { uri } = params.textDocument;
  const report =
    session.datasets.open(uri)?.findings.report() ??
    session.outputs.open(uri)?.report() ??
    session.prompts.open(uri)?.report ??
    session.recipes.open(uri)?.report;
  if (!report) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
  const { id, diagnostics } = report;
  if (id === params.previousResultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId: id };
  return { kind: DocumentDiagnosticReportKind.Full, resultId: id, items: [...diagnostics] };
};
