/** What the editor shows of a recipe besides its findings. */
import type { CompletionList, InlayHint } from 'vscode-languageserver/node';
import { completeRecipe, hoverRecipe, recipeCost } from '../core/pipeline/recipes.ts';
import { duration, memory } from '../core/progress.ts';
import type { Position } from '../core/span.ts';
import { count } from '../core/text.ts';
import type { MeasuredCost } from '../core/training/events.ts';
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

/**
 * What the training comes to, behind the recipe's first line.
 *
 * @param measured what a check or a run of this recipe last found; null when there was none
 */
export function costHint(
  { document, recipe, around }: CheckedRecipe,
  measured: MeasuredCost | null,
): InlayHint[] {
  const cost = recipeCost(recipe, around);
  if (!cost) return [];
  const end = recipe.text.search(/\r?\n|$/);
  const parts = [count(cost.steps, 'step'), count(cost.examples, 'example')];
  if (measured) {
    const seconds = (measured.seconds * cost.steps) / measured.steps;
    parts.push(memory(measured.memory_bytes), `about ${duration(seconds)}`);
  }
  const tooltip = measured
    ? 'What this training comes to: memory and time as last measured here, by one step on the longest batch.'
    : 'What this training comes to. *Rationale: Check Recipe* measures memory and time.';
  return [{ position: document.positionAt(end), label: parts.join(', '), tooltip, paddingLeft: true }];
}
