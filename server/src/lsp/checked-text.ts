/** What the editor shows alike of prompt files and recipes: fixes and completions. */
import {
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  type Diagnostic,
} from 'vscode-languageserver/node';
import type { Finding } from '../core/annotations/types.ts';
import type { Completions } from '../core/prompts/completion.ts';
import type { DatasetDocument } from '../core/records/document.ts';
import type { Range } from '../core/span.ts';
import { spanRange } from './convert.ts';
import { sameRange, touches } from './range.ts';

/** A text that the editor has open, with what the rules say of it. */
export interface CheckedText {
  readonly uri: string;
  readonly document: DatasetDocument;
  readonly findings: readonly Finding[];
  /** What to show; its id differs whenever the diagnostics do. */
  readonly report: { readonly id: string; readonly diagnostics: readonly Diagnostic[] };
}

const KINDS = {
  variable: CompletionItemKind.Variable,
  key: CompletionItemKind.Property,
  value: CompletionItemKind.Value,
  filter: CompletionItemKind.Function,
  keyword: CompletionItemKind.Keyword,
} as const;

/** The findings that touch a range. */
export function findingsAt({ document, findings }: CheckedText, range: Range): Finding[] {
  return findings.filter(({ span }) => touches(spanRange(document, span), range));
}

/** The fixes of the findings in the range. */
export function fixes(text: CheckedText, range: Range, diagnostics: readonly Diagnostic[]): CodeAction[] {
  const { uri, document } = text;
  return findingsAt(text, range).flatMap((finding) => {
    const place = spanRange(document, finding.span);
    return finding.fixes.map(
      ({ title, preferred, edits }): CodeAction => ({
        title,
        kind: CodeActionKind.QuickFix,
        diagnostics: diagnostics.filter(
          (shown) => shown.code === finding.rule && sameRange(shown.range, place),
        ),
        isPreferred: preferred === true,
        edit: {
          changes: {
            [uri]: edits.map(({ span, newText }) => ({ range: spanRange(document, span), newText })),
          },
        },
      }),
    );
  });
}

/** What can be written at a place, as the editor lists it. */
export function completionList(document: DatasetDocument, found: Completions | null): CompletionList | null {
  if (!found) return null;
  const range = spanRange(document, found.span);
  const items = found.items.map(
    ({ label, kind, newText, detail, what }, index): CompletionItem => ({
      label,
      kind: KINDS[kind],
      detail,
      documentation: what,
      // In the order of their table, not by the alphabet.
      sortText: String(index).padStart(3, '0'),
      textEdit: { range, newText },
    }),
  );
  return { isIncomplete: false, items };
}
