/** What the editor shows of a prompt file: fixes, hovers and completions. */
import {
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  type Diagnostic,
} from 'vscode-languageserver/node';
import type { Finding } from '../core/annotations/types.ts';
import { completePrompt, hoverPrompt } from '../core/pipeline-prompty.ts';
import type { Position, Range } from '../core/span.ts';
import { spanRange } from './convert.ts';
import type { CheckedPrompt } from './prompt-files.ts';
import { sameRange, touches } from './range.ts';

const KINDS = {
  variable: CompletionItemKind.Variable,
  key: CompletionItemKind.Property,
  value: CompletionItemKind.Value,
} as const;

/** The findings that touch a range. */
export function findingsAt({ document, findings }: CheckedPrompt, range: Range): Finding[] {
  return findings.filter(({ span }) => touches(spanRange(document, span), range));
}

/** The fixes of the findings in the range. */
export function fixes(prompt: CheckedPrompt, range: Range, diagnostics: readonly Diagnostic[]): CodeAction[] {
  const { uri, document } = prompt;
  return findingsAt(prompt, range).flatMap((finding) => {
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

/** What the variable at a position is and holds, as Markdown; null where there is none. */
export function hoverText({ document, prompt, dataset }: CheckedPrompt, position: Position): string | null {
  return hoverPrompt(prompt, document.offsetAt(position), dataset?.pipeline ?? null);
}

/** What can be written at a position; null where there is nothing to offer. @param offers models and datasets */
export function completions(
  { document, prompt, dataset }: CheckedPrompt,
  position: Position,
  offers: Parameters<typeof completePrompt>[3],
): CompletionList | null {
  const found = completePrompt(prompt, document.offsetAt(position), dataset?.pipeline ?? null, offers);
  if (!found) return null;
  const range = spanRange(document, found.span);
  const items = found.items.map(
    ({ label, kind, newText, detail, what }, index): CompletionItem => ({
      label,
      kind: KINDS[kind],
      detail,
      documentation: what,
      // In the order in which records have them, not by the alphabet.
      sortText: String(index).padStart(3, '0'),
      textEdit: { range, newText },
    }),
  );
  return { isIncomplete: false, items };
}
