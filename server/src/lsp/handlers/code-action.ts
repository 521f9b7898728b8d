import { type CodeAction, CodeActionKind, type CodeActionParams } from 'vscode-languageserver/node';
import type { Finding } from '../../core/annotations/types.ts';
import type { Range } from '../../core/span.ts';
import { fixes as textFixes } from '../checked-text.ts';
import { toRange, toTextEdits } from '../convert.ts';
import type { Dataset } from '../dataset.ts';
import type { RequestHandler } from '../handler.ts';
import { fixes as outputFixes } from '../outputs-view.ts';
import { sameRange, touches } from '../range.ts';

/** The fixes of the findings on the lines in question. */
export const codeAction: RequestHandler<'textDocument/codeAction'> = (params, session) => {
  if (!wantsQuickFixes(params)) return [];
  const { uri } = params.textDocument;
  const text = session.prompts.open(uri) ?? session.recipes.open(uri);
  if (text) return textFixes(text, params.range, params.context.diagnostics);
  const dataset = session.datasets.open(uri);
  if (!dataset) {
    const file = session.outputs.open(uri);
    return file ? outputFixes(file, params.range, params.context.diagnostics) : [];
  }
  const { document, findings } = dataset;
  const first = document.chunkIndexAt(document.offsetAt(params.range.start));
  const last = document.chunkIndexAt(document.offsetAt(params.range.end));
  const actions: CodeAction[] = [];
  for (let index = first; index <= last; index++) {
    for (const finding of findings.findings(index)) {
      const range = toRange(document, index, finding.span);
      if (touches(range, params.range)) actions.push(...fixes(dataset, index, finding, range, params));
    }
  }
  return actions;
};

function fixes(
  dataset: Dataset,
  index: number,
  finding: Finding,
  range: Range,
  params: CodeActionParams,
): CodeAction[] {
  const diagnostics = params.context.diagnostics.filter(
    (shown) => shown.code === finding.rule && sameRange(shown.range, range),
  );
  return finding.fixes.map((fix) => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics,
    isPreferred: fix.preferred === true,
    edit: { changes: { [dataset.uri]: toTextEdits(dataset.document, index, fix) } },
  }));
}

function wantsQuickFixes({ context: { only } }: CodeActionParams): boolean {
  return !only || only.some((kind) => kind === '' || kind === CodeActionKind.QuickFix);
}
