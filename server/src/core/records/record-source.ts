import type { Span } from '../span.ts';
import { quote } from '../text.ts';
import type { FieldFault, Fields } from './field-faults.ts';
import { enclosingPaths } from './field-path.ts';
import { fieldSpans } from './field-spans.ts';
import { interpret, ownId } from './interpret.ts';
import type { ReadAs } from './read-as.ts';
import { type RepeatedField, repeatedFields } from './repeated-fields.ts';
import { fieldsOf, readTree, type TolerantTree } from './tolerant-tree.ts';
import type { DatasetRecord, FieldSource, RecordProblem, RecordSource } from './types.ts';

const NO_PROBLEMS: readonly RecordProblem[] = [];

/** Where a record stands in its chunk. */
export interface RecordPlace {
  readonly text: string;
  /** The key in an object by id; null elsewhere. */
  readonly key: Span | null;
  /** The key as an id; null where there is no key. */
  readonly keyId: string | null;
  /** The record's object. */
  readonly value: Span;
  readonly closed: boolean;
  readonly commaMissing: boolean;
  /** The record's number in the dataset, its id when it has no other. */
  readonly row: number;
  readonly readAs: ReadAs;
}

/**
 * A record read from its chunk. Reading a valid record is one `JSON.parse`; where its fields stand is worked
 * out when somebody asks, since most records have nothing to point at.
 */
export class ReadRecord implements RecordSource {
  readonly record: DatasetRecord;
  readonly problems: readonly RecordProblem[];
  /** False when the id is the row number. */
  readonly hasOwnId: boolean;
  private readonly place: RecordPlace;
  private readonly idField: string | null;
  private readonly isValid: boolean;
  private readonly places: ReadonlyMap<string, string> | undefined;
  private readonly answerForm: (choice: number) => string;
  private knownTree: TolerantTree | null = null;
  private knownFields: ReadonlyMap<string, FieldSource> | null = null;

  constructor(place: RecordPlace) {
    this.place = place;
    const parsed = parse(place);
    this.isValid = parsed !== null;
    const value = parsed ?? this.tree.value;
    const fields = isObject(value) ? value : {};
    const own = place.keyId === null ? ownId(fields, place.readAs.map) : { id: place.keyId, field: null };
    this.hasOwnId = own !== null;
    this.idField = own?.field ?? null;
    const { record, faults, places, answerText } = interpret(
      own?.id ?? String(place.row),
      fields,
      place.readAs.map,
    );
    this.record = captioned(record, place.readAs.captions);
    this.places = places;
    this.answerForm = answerText ?? String;
    const repeated = parsed ? repeatedFields(place.text, place.value, Object.keys(parsed).length) : [];
    const isSound = this.isValid && faults.length + repeated.length === 0 && !place.commaMissing;
    this.problems = isSound ? NO_PROBLEMS : [...this.problemsOf(faults), ...repeated.map(repetition)];
  }

  get span(): Span {
    return { start: (this.place.key ?? this.place.value).start, end: this.place.value.end };
  }

  get idSpan(): Span {
    const { key, value } = this.place;
    if (key) return key;
    const field = this.idField === null ? undefined : this.fields.get(this.idField);
    return field?.value ?? { start: value.start, end: value.start + 1 };
  }

  get fields(): ReadonlyMap<string, FieldSource> {
    this.knownFields ??= this.readFields();
    return this.knownFields;
  }

  answerText(choice: number): string {
    return this.answerForm(choice);
  }

  private readFields(): ReadonlyMap<string, FieldSource> {
    const fields = this.isValid ? fieldSpans(this.place.text, this.place.value) : fieldsOf(this.tree);
    if (!this.places) return fields;
    // A field may be read from where another one stands by name.
    const read = new Map(fields);
    for (const [field, path] of this.places) {
      const source = nearest(fields, path);
      if (source) read.set(field, source);
      else read.delete(field);
    }
    return read;
  }

  private get tree(): TolerantTree {
    this.knownTree ??= readTree(this.place.text, this.place.value);
    return this.knownTree;
  }

  private problemsOf(faults: readonly FieldFault[]): RecordProblem[] {
    const { place } = this;
    const problems: RecordProblem[] = [];
    if (place.commaMissing) {
      problems.push(malformed('A comma is missing before this record.', place.key ?? this.idSpan));
    }
    if (!this.isValid) {
      const { message, span } = this.tree.fault ?? { message: 'This record is not JSON.', span: place.value };
      const isAtEnd = place.text.slice(span.end, place.value.end).trim() === '';
      const isCutOff = !place.closed && isAtEnd && place.text[span.start] !== '"';
      problems.push(malformed(isCutOff ? 'The record is not closed: a "}" is missing here.' : message, span));
      // What a broken record seems to lack may stand behind the break.
      return problems;
    }
    return [...problems, ...faults.map((fault) => this.fieldProblem(fault))];
  }

  private fieldProblem({ field, message }: FieldFault): RecordProblem {
    const span = this.fields.get(field)?.value ?? this.idSpan;
    return { ...malformed(message, span), field };
  }
}

function repetition({ field, key }: RepeatedField): RecordProblem {
  const message = `This ${quote(field, 40)} is not read: the record has another one further down.`;
  return { ...malformed(message, key), field };
}

/** The record with the caption that the dataset keeps elsewhere, when it has none of its own. */
function captioned(record: DatasetRecord, captions: ReadAs['captions']): DatasetRecord {
  const caption = record.caption === '' ? captions?.get(record.id) : undefined;
  return caption === undefined ? record : { ...record, caption };
}

/** Where a value stands, else the nearest that holds it: what stands in objects has no place of its own. */
function nearest(fields: ReadonlyMap<string, FieldSource>, path: string): FieldSource | undefined {
  for (const enclosing of enclosingPaths(path)) {
    const source = fields.get(enclosing);
    if (source) return source;
  }
  return undefined;
}

/** A problem of a record's form. */
export function malformed(message: string, span: Span): RecordProblem {
  return { code: 'malformed-record', message, span };
}

/** The key's characters without quotes and escapes. */
export function keyText(text: string, key: Span): string {
  const raw = text.slice(key.start + 1, key.end - 1);
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`);
  } catch {
    return raw;
  }
}

function parse(place: RecordPlace): Fields | null {
  if (!place.closed) return null;
  try {
    const value = JSON.parse(place.text.slice(place.value.start, place.value.end));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** For messages: `Record "7"`. */
export function named(id: string): string {
  return `Record ${quote(id, 40)}`;
}
