import type { Chunk, FieldSource, RecordProblem, RecordSource } from '../records/types.ts';
import type { Span } from '../span.ts';
import {
  type Fields,
  type ForeignOutput,
  foreignOutput,
  hasNoNumber,
  isObject,
  parseJson,
} from './output-fields.ts';
import { spanInLiteral } from './output-spans.ts';

/** An output with where it stands. All spans are offsets into its chunk's text. */
export interface OutputSource {
  readonly output: ForeignOutput;
  /** From the key or the opening brace to the end of the value. */
  readonly span: Span;
  /** The value that holds the raw output. */
  readonly valueSpan: Span;
  /** The object that fields can be added to; null for a bare string in an object by id. */
  readonly objectSpan: Span | null;
  readonly fields: ReadonlyMap<string, FieldSource>;
  /** Where characters of the raw output stand; the whole of it when `outputSpan` is absent. Never empty. */
  place(outputSpan?: Span): Span;
}

/** What a chunk of an outputs file holds: one output as a rule, several where an object holds bare strings by id. */
export interface OutputChunk {
  readonly outputs: readonly OutputSource[];
  readonly problems: readonly RecordProblem[];
}

const NOTHING: OutputChunk = { outputs: [], problems: [] };
/** `"id": "output"` in an object by id. */
const MEMBER = /("(?:[^"\\\r\n]|\\[^\r\n])*")\s*:\s*("(?:[^"\\\r\n]|\\[^\r\n])*"|null)/g;
const MOST_TEXT_SHOWN = 200;

/** The fields of a chunk's object, for telling the file's shape; null when it holds none that can be read. */
export function fieldsOfChunk(chunk: Chunk): Fields | null {
  return chunk.source ? fieldsOf(chunk.text, chunk.source) : null;
}

/**
 * Reads the outputs in a chunk of an outputs file. Never throws.
 *
 * @param field the field that holds the raw output
 * @param row the number of the chunk's output in the file
 */
export function readOutputs(chunk: Chunk, field: string, row: number): OutputChunk {
  const { text, source } = chunk;
  if (!source) return readGap(text, row);
  const fields = fieldsOf(text, source);
  if (!fields) return { outputs: [], problems: source.problems.slice(0, 1) };
  const output = foreignOutput(row, fields, field);
  const value = source.fields.get(field)?.value;
  const object = objectSpan(text, source);
  if (!output || !value) {
    const message = `There is no field "${field}" here, so there is no output to judge.`;
    return { outputs: [], problems: [malformed(message, source.span)] };
  }
  const literal = literalIn(text, value, output.output);
  return {
    outputs: [new ReadOutput(text, output, source.span, literal, object, source.fields)],
    problems: hasNoNumber(text.slice(object.start, object.end)) ? source.problems.slice(0, 1) : [],
  };
}

/** The output's own string, where it stands in a list of lists as lmms-eval writes it; else the whole value. */
function literalIn(text: string, value: Span, output: string): Span {
  const inner = /^[[\s]+(".*")[\]\s]+$/s.exec(text.slice(value.start, value.end))?.[1];
  if (inner === undefined || parseJson(inner) !== output) return value;
  const start = text.indexOf('"', value.start);
  return { start, end: start + inner.length };
}

class ReadOutput implements OutputSource {
  readonly output: ForeignOutput;
  readonly span: Span;
  readonly valueSpan: Span;
  readonly objectSpan: Span | null;
  readonly fields: ReadonlyMap<string, FieldSource>;
  private readonly text: string;

  constructor(
    text: string,
    output: ForeignOutput,
    span: Span,
    valueSpan: Span,
    objectSpan: Span | null,
    fields: ReadonlyMap<string, FieldSource>,
  ) {
    this.text = text;
    this.output = output;
    this.span = span;
    this.valueSpan = valueSpan;
    this.objectSpan = objectSpan;
    this.fields = fields;
  }

  place(outputSpan?: Span): Span {
    const { valueSpan } = this;
    // An output that is no string is judged as its JSON, which need not be the file's own.
    if (!outputSpan || this.text[valueSpan.start] !== '"') return valueSpan;
    const span = spanInLiteral(this.text, valueSpan, outputSpan);
    return span.end > span.start ? span : valueSpan;
  }
}

/** Text that holds no object: bare outputs by id, or nothing that can be read. */
function readGap(text: string, row: number): OutputChunk {
  const visible = text.search(/[^\s{}[\],\uFEFF]/);
  if (visible === -1) return NOTHING;
  const outputs: OutputSource[] = [];
  for (const match of text.matchAll(MEMBER)) {
    const [whole, key = '', value = ''] = match;
    const end = match.index + whole.length;
    const fields = { id: parseJson(key), output: parseJson(value) };
    const output = foreignOutput(row + outputs.length, fields, 'output');
    if (!output || fields.id === undefined) continue;
    const span = { start: match.index, end };
    const valueSpan = { start: end - value.length, end };
    outputs.push(new ReadOutput(text, output, span, valueSpan, null, new Map()));
  }
  if (outputs.length > 0) return { outputs, problems: [] };
  const shown = text.slice(visible, visible + MOST_TEXT_SHOWN).split(/[\r\n]/, 1)[0] as string;
  const span = { start: visible, end: visible + Math.max(1, shown.trimEnd().length) };
  return { outputs, problems: [malformed('This is no output: a JSON object was expected here.', span)] };
}

function malformed(message: string, span: Span): RecordProblem {
  return { code: 'malformed-record', message, span };
}

/** The object's fields; with its key as `id` where it stands under one. */
function fieldsOf(text: string, source: RecordSource): Fields | null {
  const { start, end } = objectSpan(text, source);
  const value = parseJson(text.slice(start, end));
  if (!isObject(value)) return null;
  return start === source.span.start ? value : { id: source.record.id, ...value };
}

function objectSpan(text: string, { span, idSpan }: RecordSource): Span {
  const isByKey = text[span.start] === '"';
  return isByKey ? { start: text.indexOf('{', idSpan.end), end: span.end } : span;
}
