/** What the editor shows of a recipe besides its findings. */
import type { CompletionList, InlayHint } from 'vscode-languageserver/node';
import { completeRecipe, hoverRecipe, recipeCost } from '../core/pipeline-recipes.ts';
import type { Position } from '../core/span.ts';
import { count } from '../core/text.ts';
import { completionList } from './checked-text.ts';
import type { CheckedRecipe } from './recipe-files.ts';

/** What the key at a position means, as Markdown; null where there is none. */
export function hoverText({ document, recipe }: CheckedRecipe, position: Position): string | null {
  return hoverRecipe(recipe, document.offsetAt(position));
}

/** What can be written at a position; null where there is nothing to offer. */
export function completions({ document, recipe }: CheckedRecipe, position: Position): CompletionList | null {
  return completionList(document, completeRecipe(recipe, document.offsetAt(position)));
}

/** What the training comes to, behind the recipe's first line. */
export function costHint({ document, recipe, around }: CheckedRecipe): InlayHint[] {
  const cost = recipeCost(recipe, around);
  if (!cost) return [];
  const end = recipe.text.search(/\r?\n|$/);
  const label = `${count(cost.steps, 'step')}, ${count(cost.examples, 'example')}`;
  const tooltip = 'What this training comes to. `rationale train --check` measures memory and time.';
  return [{ position: document.positionAt(end), label, tooltip, paddingLeft: true }];
}
