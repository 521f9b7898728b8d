/** What the fields of an output made elsewhere are called, and what they say. */
import { MAPPED_FIELD, REVIEWED_FIELD } from '../output-marks.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** One output that somebody else made. */
export interface ForeignOutput {
  /** Zero-based position in the file: what errors and results refer to. */
  readonly row: number;
  /** Every field of the line, for joining. */
  readonly fields: Fields;
  readonly output: string;
  /** The choice that a person wrote beside the output (`mapped_answer`), zero-based; null when nobody did. */
  readonly mapped: number | null;
  /** True when a person has read the output (`reviewed`) and wants no findings of it any more. */
  readonly isReviewed: boolean;
}

/**
 * Names that evaluation tools give to the raw output, most specific first; true where no other data uses the
 * name, so that it tells an outputs file.
 */
const OUTPUT_NAMES: Readonly<Record<string, boolean>> = {
  raw_output: true,
  output: false,
  prediction: true,
  response: false,
  generated_text: true,
  model_output: true,
  completion: false,
  text: false,
  filtered_resps: true,
  resps: true,
};
export const OUTPUT_FIELDS: readonly string[] = Object.keys(OUTPUT_NAMES);
/** Names of the field that says which record a line answers. */
export const ID_FIELDS: readonly string[] = ['id', 'record_id', 'question_id', 'qid', 'pid'];
/** Names of the field that says the number of the record, counted from 0. */
export const ROW_FIELDS: readonly string[] = ['index', 'row', 'idx', 'doc_id'];

/** The field that holds the raw outputs of these lines; undefined when none of the known names occurs. */
export function findOutputField(rows: Iterable<Fields | null>): string | undefined {
  const all = [...rows];
  return OUTPUT_FIELDS.find((field) => all.some((row) => row && field in row));
}

/**
 * Whether lines are outputs by their shape: each has a raw output and an id or a row, and none has choices or
 * conversations, as records have. `perhaps` when the output's name is one that other data uses as well.
 */
export function shapeOf(rows: readonly Fields[]): 'outputs' | 'perhaps' | 'other' {
  if (rows.length === 0 || rows.some((fields) => 'choices' in fields || 'conversations' in fields))
    return 'other';
  const field = findOutputField(rows);
  const named = (fields: Fields) => [...ID_FIELDS, ...ROW_FIELDS].some((name) => name in fields);
  const like = rows.filter((fields) => field !== undefined && field in fields && named(fields));
  if (field === undefined || like.length * 2 <= rows.length) return 'other';
  return OUTPUT_NAMES[field] ? 'outputs' : 'perhaps';
}

/** A line as an output; null when it has no such field. A null output is an empty one: the model said nothing. */
export function foreignOutput(row: number, fields: Fields, field: string): ForeignOutput | null {
  const value = alone(fields[field]);
  if (value === undefined) return null;
  const mapped = fields[MAPPED_FIELD];
  return {
    row,
    fields,
    output: value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value),
    mapped: typeof mapped === 'number' && Number.isInteger(mapped) && mapped >= 0 ? mapped : null,
    isReviewed: fields[REVIEWED_FIELD] === true,
  };
}

/** lmms-eval writes the one response to a question as a list in a list. */
function alone(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? alone(value[0]) : value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What Python writes for numbers that JSON does not have, and the strings in which the same letters may stand. */
const NO_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/gs;

/** The JSON value, or undefined when the text is none. NaN and Infinity, which Python writes, are read as null. */
export function parseJson(text: string): unknown {
  const value = parseStrictly(text);
  if (value !== undefined || !/\b(?:NaN|Infinity)\b/.test(text)) return value;
  return parseStrictly(text.replace(NO_NUMBERS, (found) => (found.startsWith('"') ? found : 'null')));
}

/** True for text that can be read, though it is no JSON: it has NaN or Infinity in it. */
export function hasNoNumber(text: string): boolean {
  return parseStrictly(text) === undefined && parseJson(text) !== undefined;
}

function parseStrictly(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
