import type { ModelCard } from '../models/types.ts';
import type { DescribedVariable } from '../prompts/describe.ts';
import type { FrontMatterKey } from '../prompts/front-matter-keys.ts';
import type { Setting } from '../prompts/types.ts';
import type { Filter } from '../prompts/vocabulary.ts';
import { escapeMarkdown } from './markdown.ts';

/** Of which file a variable's value is shown. */
export interface ShownRecord {
  readonly id: string;
  /** File name. */
  readonly dataset: string;
}

/**
 * What a variable of a prompt file is and what it holds, as Markdown.
 *
 * @param setting the file's own
 * @param record null when no dataset is known
 */
export function variableHover(
  variable: DescribedVariable,
  setting: Setting,
  record: ShownRecord | null,
): string {
  return `**${escapeMarkdown(variable.name)}**: ${variable.what}\n\n${held(variable, setting, record)}`;
}

function held(
  { isWithheld, tells, settings, value }: DescribedVariable,
  setting: Setting,
  record: ShownRecord | null,
): string {
  if (isWithheld) {
    return tells === 'answer'
      ? 'It renders as nothing: only a file with `gold: true` may hold the gold answer.'
      : `It renders as nothing: setting ${setting} withholds it, settings ${settings.join(' and ')} offer it.`;
  }
  if (!record) return 'No dataset lies beside or above this file, so there is no value to show.';
  const where = `In record ${escapeMarkdown(record.id)} of ${escapeMarkdown(record.dataset)}`;
  return `${where}: ${escapeMarkdown(value ?? '')}`;
}

/** What a key of the front matter is and may hold, as Markdown. */
export function frontMatterHover(path: readonly string[], { what, values = [] }: FrontMatterKey): string {
  const list = values.map(([value, meaning]) => `- \`${value}\`: ${meaning}`).join('\n');
  return `**${escapeMarkdown(path.join('.'))}**: ${what}${list === '' ? '' : `\n\n${list}`}`;
}

/** What a filter makes of a value, as Markdown. */
export function filterHover({ name, what, takes, given }: Filter): string {
  const call = given === undefined ? name : `${name}(${given})`;
  return `**${name}**: ${what}\n\n\`value | ${call}\`, for a value that is ${takes.map(article).join(' or ')}.`;
}

function article(type: Filter['takes'][number]): string {
  if (type === 'anything') return type;
  return type === 'truth' ? 'true or false' : `a ${type}`;
}

/**
 * What is known of a model, as Markdown.
 *
 * @param context tokens of prompt and answer together, at most; null where that is not known
 */
export function modelHover(card: ModelCard, context: number | null): string {
  const { id, name, description, unavailable, trainedWith } = card;
  const lines = [
    unavailable ?? description,
    context === null ? '' : `It takes ${context} tokens, its answer included.`,
    trainedWith && trainedWith.length > 0
      ? `It was trained with ${trainedWith.map((prompt) => prompt.name).join(', ')}.`
      : '',
  ].filter((line) => line !== '');
  return [`**${escapeMarkdown(name)}** (${escapeMarkdown(id)})`, ...lines.map(escapeMarkdown)].join('\n\n');
}
