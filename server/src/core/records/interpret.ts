import { readConversation } from './conversations.ts';
import { type FieldFault, type Fields, wrongType } from './field-faults.ts';
import { ID_FIELDS } from './layout.ts';
import type { DatasetRecord } from './types.ts';

export interface Interpretation {
  readonly record: DatasetRecord;
  readonly faults: readonly FieldFault[];
  /** Which path each field was read from that stands for another; absent where every field is its own. */
  readonly places?: ReadonlyMap<string, string>;
}

/** What a JSON object means as a record. Fields of the wrong type count as empty and are reported. */
export function interpret(id: string, fields: Fields): Interpretation {
  const read = readConversation(fields);
  if (!read) return interpretFields(id, fields);
  const { record, faults } = interpretFields(id, read.fields);
  const { conversation, places } = read;
  return { record: { ...record, conversation }, faults: [...read.faults, ...faults], places };
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
export function ownId(fields: Fields): { readonly id: string; readonly field: string } | null {
  for (const field of ID_FIELDS) {
    const value = fields[field];
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
