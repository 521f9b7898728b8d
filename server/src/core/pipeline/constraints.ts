/** What an output is held to, where a model can be held to the format that its prompt asks for. */
import { ALL_FORMS, formOf } from '../grammars/forms.ts';
import type { Grammar, GrammarForm } from '../grammars/types.ts';
import type { ModelCard } from '../models/types.ts';
import type { Asking } from '../prompts/compose.ts';
import { formatOf } from '../prompts/formats/index.ts';
import { strategyOf } from '../prompts/strategies/index.ts';
import type { PromptFile } from '../prompts/types.ts';
import { choiceLetter } from '../text.ts';

/** The prompt's format as a grammar, for a question with so many choices. */
export function constraintOf({ strategy, format, order }: Asking, choices: number): Grammar {
  const { usual, grammar } = formatOf(format);
  const parts = strategy === null ? usual : strategyOf(strategy).writes.map(({ name }) => name);
  const letters = Array.from({ length: choices }, (_, choice) => choiceLetter(choice));
  return grammar(parts, letters, order);
}

/** One sentence why the prompt says of no format that its outputs have it; null when it does. */
function whyFree({ name, strategy, places, demonstrations }: PromptFile): string | null {
  if (strategy === null && places.format === null)
    return `The prompt ${name} does not say what its outputs look like: name a "format" under metadata.rationale to hold them to it.`;
  return demonstrations.answer === null
    ? null
    : `The prompt ${name} shows answers in a form of its own (demonstrations.answer), so its outputs cannot be held to a format.`;
}

const WORDS: Readonly<Record<GrammarForm, string>> = {
  choice: 'a letter',
  json: 'a JSON object',
  regex: 'tags or lines',
};

/** What a model's outputs can be held to: `any format`; `a letter, a JSON object`; `nothing`. */
export function heldTo({ constrains = [] }: Pick<ModelCard, 'constrains'>): string {
  if (ALL_FORMS.every((form) => constrains.includes(form))) return 'any format';
  return constrains.map((form) => WORDS[form]).join(', ') || 'nothing';
}

/** @throws Error whose message is one sentence, when the model cannot be held to what the prompt asks for */
export function refuseUnheld(card: ModelCard, file: PromptFile): void {
  const free = whyFree(file);
  if (free) throw new Error(free);
  // The same for any number of choices.
  const form = formOf(constraintOf(file, 1));
  if (card.constrains?.includes(form)) return;
  throw new Error(
    `The output of ${card.id} cannot be held to ${WORDS[form]}, as this prompt asks, but to ${heldTo(card)}.`,
  );
}
