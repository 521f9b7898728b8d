/** What the editor shows of a prompt file besides its findings: hovers and completions. */
import type { CompletionList } from 'vscode-languageserver/node';
import { modelHover } from '../core/annotations/prompt-hover.ts';
import { completePrompt, hoverPrompt, modelNamedAt } from '../core/pipeline/prompty.ts';
import type { Position } from '../core/span.ts';
import { completionList } from './checked-text.ts';
import { pathOf } from './open-document.ts';
import type { CheckedPrompt } from './prompt-files.ts';
import { type FindModel, modelId } from './prompt-models.ts';

/**
 * What the variable, filter, key or model at a position is and holds, as Markdown; null where there is none.
 *
 * @param studied id of the record whose values are shown; null: the first
 */
export async function hoverText(
  { uri, document, written, dataset }: CheckedPrompt,
  position: Position,
  studied: string | null,
  findModel: FindModel,
): Promise<string | null> {
  const offset = document.offsetAt(position);
  const model = modelNamedAt(written, offset);
  if (model === null) return hoverPrompt(written, offset, dataset?.pipeline ?? null, studied);
  try {
    const { card, counter } = await findModel(modelId(model, pathOf(uri) ?? ''));
    return modelHover(card, counter?.context ?? null);
  } catch {
    return `**${model}** is no model that is known here.`;
  }
}

/** What can be written at a position; null where there is nothing to offer. @param offers models and datasets */
export function completions(
  { document, written, dataset }: CheckedPrompt,
  position: Position,
  offers: Parameters<typeof completePrompt>[3],
  studied: string | null,
): CompletionList | null {
  return completionList(
    document,
    completePrompt(
      { name: written.name, text: document.text },
      document.offsetAt(position),
      dataset?.pipeline ?? null,
      offers,
      studied,
    ),
  );
}
