import type { DatasetRecord } from '../records/types.ts';
import { quote, shorten } from '../text.ts';
import type { OfferedVariable } from './types.ts';
import { type Offering, offeredVariables, variablesOf } from './variables.ts';

/** Characters of a value that are shown. */
const MOST_VALUE = 200;

const WHAT: Readonly<Record<string, string>> = {
  id: 'the record’s id',
  question: 'the question',
  choices: 'the answer choices, a list',
  letters: 'one letter per choice from A, a list',
  hint: 'context that goes with the question; may be empty',
  caption: 'what the image shows, in words; may be empty',
  image: 'path of the record’s image, or none',
  task: 'the kind of task',
  grade: 'the school grade',
  subject: 'the subject',
  topic: 'the topic within the subject',
  category: 'the category within the topic',
  skill: 'the skill that is practised',
  lecture: 'what a lesson says on the matter; may be empty',
  solution: 'the explanation of the gold answer, which gives it away',
  answer: 'the index of the gold choice, counted from 0',
  answer_letter: 'the letter of the gold choice',
  answer_text: 'the text of the gold choice',
};

/** A name that a template may ask for, in words. */
export interface DescribedVariable extends OfferedVariable {
  /** What it is, in a few words. */
  readonly what: string;
  /** What the template gets for the record, on one line; null without a record, or when it is withheld. */
  readonly value: string | null;
}

/**
 * Every name that a record offers, with what the prompt file would get for it.
 *
 * @param record null when no dataset is known
 */
export function describeVariables(offering: Offering, record: DatasetRecord | null): DescribedVariable[] {
  const values = record && variablesOf(record, { ...offering, image: record.image });
  return offeredVariables(offering).map((variable) => ({
    ...variable,
    what: WHAT[variable.field] ?? '',
    value: values && !variable.isWithheld ? valueText(values[variable.name]) : null,
  }));
}

function valueText(value: unknown): string {
  if (Array.isArray(value) && value.length > 0) {
    return shorten(value.map((item) => quote(String(item))).join(', '), MOST_VALUE);
  }
  const text = shorten(String(value ?? ''), MOST_VALUE);
  return text === '' ? '(empty)' : text;
}
