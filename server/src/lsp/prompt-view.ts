/** What the editor shows of a prompt file besides its findings: hovers and completions. */
import type { CompletionList } from 'vscode-languageserver/node';
import { completePrompt, hoverPrompt } from '../core/pipeline-prompty.ts';
import type { Position } from '../core/span.ts';
import { completionList } from './checked-text.ts';
import type { CheckedPrompt } from './prompt-files.ts';

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
  return completionList(
    document,
    completePrompt(prompt, document.offsetAt(position), dataset?.pipeline ?? null, offers),
  );
}
