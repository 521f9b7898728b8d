import type { RecordSource } from '../records/types.ts';
import { choiceLetter, shorten } from '../text.ts';
import { curveWords, faithfulnessWords } from './faithfulness.ts';
import { escapeMarkdown, imageMarkdown } from './markdown.ts';
import { METHOD_WORDS, type ModelResult, VERDICT_MARKS, verdictWords } from './results.ts';

/** Pixels; a hover is about 500 wide. */
const IMAGE_WIDTH = 120;
/** Characters of a stage, hint or raw output that are shown. */
const MOST_TEXT = 500;

export interface HoverInput {
  readonly source: RecordSource;
  /** `file:` URI of the record's image; null when it has none or it cannot be shown. */
  readonly imageUri: string | null;
  /** Teacher first. */
  readonly results: readonly ModelResult[];
  /** Where a rule's page is. */
  readonly ruleLink: (rule: string) => string;
  /** What else is to be said of a model's output, above its stages; list items in Markdown. */
  readonly details?: readonly string[];
}

/** A record and what the models say of it, as Markdown. */
export function recordHover(input: HoverInput): string {
  const { source, imageUri, results } = input;
  const { question, hint, caption } = source.record;
  const parts = [
    imageUri ? imageMarkdown(imageUri, IMAGE_WIDTH) : '',
    question ? `**${shown(question)}**` : '',
    hint ? `*Hint:* ${shown(hint)}` : '',
    caption ? `*Caption:* ${shown(caption)}` : '',
    choiceList(source),
    ...results.map((result) => modelSection(result, input)),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function choiceList({ record }: RecordSource): string {
  const lines = record.choices.map((choice, i) => {
    const line = `${choiceLetter(i)} · ${shown(choice)}`;
    return i === record.answer ? `- **${line}** ← gold` : `- ${line}`;
  });
  return lines.join('\n');
}

function modelSection(result: ModelResult, { source, ruleLink, details = [] }: HoverInput): string {
  const { model, role, judgement, prediction, findings, faithfulness: test } = result;
  const { verdict, reading, rationale } = judgement;
  const name = role === 'other' ? escapeMarkdown(model) : `${escapeMarkdown(model)} · ${role}`;
  const how = reading.method ? ` — read from ${METHOD_WORDS[reading.method]}` : '';
  const head = `---\n\n**${name}** ${VERDICT_MARKS[verdict]} ${escapeMarkdown(verdictWords(result, source))}${how}`;
  const stages = rationale.stages.map((stage) => `- *${stage.name}:* ${shown(stage.text) || '(empty)'}`);
  const body =
    stages.length > 0
      ? stages
      : prediction.output.trim() === ''
        ? []
        : [`- *output:* ${shown(prediction.output)}`];
  const notes = findings.map(
    ({ rule, message }) => `- ⚠ ${escapeMarkdown(message)} [${rule}](${ruleLink(rule)})`,
  );
  const tested = test
    ? [
        `- *faithfulness:* ${escapeMarkdown(faithfulnessWords(test, source))}`,
        `- *sentence by sentence:* ${escapeMarkdown(curveWords(test))}`,
      ]
    : [];
  return [head, [...details, ...body, ...tested, ...notes].join('\n')]
    .filter((part) => part !== '')
    .join('\n\n');
}

function shown(text: string): string {
  return escapeMarkdown(shorten(text, MOST_TEXT));
}
