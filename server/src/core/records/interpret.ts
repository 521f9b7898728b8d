import { readConversation } from './conversations.ts';
import { type FieldFault, type Fields, wrongType } from './field-faults.ts';
import type { FieldMap } from './field-map.ts';
import { valueAt } from './field-path.ts';
import { ID_FIELDS } from './layout.ts';
import { mapFields } from './mapped-fields.ts';
import type { DatasetRecord } from './types.ts';

/** What a dataset may write as its answer where a field map reads it. */
const ANSWER_FORMS = 'the number, the letter or the text of one choice';

export interface Interpretation {
  readonly record: DatasetRecord;
  readonly faults: readonly FieldFault[];
  /** Which path each field was read from that stands for another; absent where every field is its own. */
  readonly places?: ReadonlyMap<string, string>;
  /** A choice as the record writes its answer; absent where that is its number. */
  readonly answerText?: (choice: number) => string;
}

/** What a JSON object means as a record. Fields of the wrong type count as empty and are reported. */
export function interpret(id: string, fields: Fields, map: FieldMap | null = null): Interpretation {
  if (map) return interpretMapped(id, fields, map);
  const read = readConversation(fields);
  if (!read) return interpretFields(id, fields);
  const { record, faults } = interpretFields(id, read.fields);
  const { conversation, places } = read;
  return { record: { ...record, conversation }, faults: [...read.faults, ...faults], places };
}

function interpretMapped(id: string, written: Fields, map: FieldMap): Interpretation {
  const { fields, places, answerText } = mapFields(written, map);
  const read = interpret(id, fields);
  // A field goes by the name that stands in the file.
  const faults = read.faults.map(({ field, message }) => {
    const own = places.get(field);
    if (own === undefined) return { field, message };
    if (field === 'answer') return { ...wrongType(own, fields.answer, ANSWER_FORMS), field };
    return { field, message: message.replaceAll(`"${field}"`, `"${own}"`) };
  });
  return { record: read.record, faults, places: new Map([...(read.places ?? []), ...places]), answerText };
}

function interpretFields(id: string, fields: Fields): Interpretation {
  const faults: FieldFault[] = [];
  // Each field is taken out by its own name: a look-up by variable name costs twice the time.
  const record: DatasetRecord = {
    id,
    question: isThere('question', fields.question, faults) ? text('question', fields.question, faults) : '',
    choices: isThere('choices', fields.choices, faults) ? choices(fields.choices, faults) : [],
    answer: answer(fields.answer, faults),
    hint: text('hint', fields.hint, faults),
    caption: text('caption', fields.caption, faults),
    image: image(fields.image, faults),
    task: text('task', fields.task, faults),
    grade: text('grade', fields.grade, faults),
    subject: text('subject', fields.subject, faults),
    topic: text('topic', fields.topic, faults),
    category: text('category', fields.category, faults),
    skill: text('skill', fields.skill, faults),
    lecture: text('lecture', fields.lecture, faults),
    solution: text('solution', fields.solution, faults),
    split: text('split', fields.split, faults) || null,
  };
  return { record, faults };
}

/** The id a record gives itself, with the field that holds it. */
export function ownId(
  fields: Fields,
  map: FieldMap | null = null,
): { readonly id: string; readonly field: string } | null {
  const mapped = map?.from.get('id');
  for (const field of typeof mapped === 'string' ? [mapped] : ID_FIELDS) {
    const value = map ? valueAt(fields, field) : fields[field];
    if (typeof value === 'string' || typeof value === 'number') return { id: String(value), field };
  }
  return null;
}

function isThere(field: string, value: unknown, faults: FieldFault[]): boolean {
  if (value !== undefined && value !== null) return true;
  faults.push({ field, message: `The record has no "${field}".` });
  return false;
}

function text(field: string, value: unknown, faults: FieldFault[]): string {
  if (typeof value === 'string') return value;
  if (value !== undefined && value !== null) faults.push(wrongType(field, value, 'a string'));
  return '';
}

function choices(value: unknown, faults: FieldFault[]): readonly string[] {
  if (!Array.isArray(value)) {
    faults.push(wrongType('choices', value, 'a list of strings'));
    return [];
  }
  if (value.every((choice) => typeof choice === 'string')) return value;
  return value.map((choice, index) => {
    if (typeof choice === 'string') return choice;
    faults.push(wrongType(`choices[${index}]`, choice, 'a string'));
    return JSON.stringify(choice);
  });
}

function answer(value: unknown, faults: FieldFault[]): number | null {
  if (Number.isSafeInteger(value)) return value as number;
  if (value !== undefined && value !== null) {
    faults.push(wrongType('answer', value, 'the number of the right choice, counted from 0'));
  }
  return null;
}

function image(value: unknown, faults: FieldFault[]): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (value !== undefined && value !== null) faults.push(wrongType('image', value, 'a file name or null'));
  return null;
}
