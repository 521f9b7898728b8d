import { ID_FIELDS } from './layout.ts';
import type { DatasetRecord } from './types.ts';

/** A field that does not hold what it should. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

export interface Interpretation {
  readonly record: DatasetRecord;
  readonly faults: readonly FieldFault[];
}

export type Fields = Readonly<Record<string, unknown>>;

/** What a JSON object means as a record. Fields of the wrong type count as empty and are reported. */
export function interpret(id: string, fields: Fields): Interpretation {
  const faults: FieldFault[] = [];
  const record: DatasetRecord = {
    id,
    question: isThere(fields, 'question', faults) ? text(fields, 'question', faults) : '',
    choices: isThere(fields, 'choices', faults) ? choices(fields, faults) : [],
    answer: answer(fields, faults),
    hint: text(fields, 'hint', faults),
    image: image(fields, faults),
    task: text(fields, 'task', faults),
    grade: text(fields, 'grade', faults),
    subject: text(fields, 'subject', faults),
    topic: text(fields, 'topic', faults),
    category: text(fields, 'category', faults),
    skill: text(fields, 'skill', faults),
    lecture: text(fields, 'lecture', faults),
    solution: text(fields, 'solution', faults),
    split: text(fields, 'split', faults) || null,
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

/** A JSON value in words. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : `the number ${value}`;
  if (typeof value === 'boolean') return `${value}`;
  return typeof value === 'object' ? 'an object' : 'a string';
}

function isThere(fields: Fields, field: string, faults: FieldFault[]): boolean {
  if (fields[field] !== undefined && fields[field] !== null) return true;
  faults.push({ field, message: `The record has no "${field}".` });
  return false;
}

function text(fields: Fields, field: string, faults: FieldFault[]): string {
  const value = fields[field];
  if (typeof value === 'string') return value;
  if (value !== undefined && value !== null) faults.push(wrongType(field, value, 'a string'));
  return '';
}

function choices({ choices: value }: Fields, faults: FieldFault[]): readonly string[] {
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

function answer({ answer: value }: Fields, faults: FieldFault[]): number | null {
  if (Number.isSafeInteger(value)) return value as number;
  if (value !== undefined && value !== null) {
    faults.push(wrongType('answer', value, 'the number of the right choice, counted from 0'));
  }
  return null;
}

function image({ image: value }: Fields, faults: FieldFault[]): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (value !== undefined && value !== null) faults.push(wrongType('image', value, 'a file name or null'));
  return null;
}

function wrongType(field: string, value: unknown, expected: string): FieldFault {
  return { field, message: `"${field}" is ${describe(value)}; it must be ${expected}.` };
}
