import type { OutputFormat } from '../prompts/types.ts';
import type { DatasetRecord } from '../records/types.ts';

/** One output that somebody else made. */
export interface ForeignOutput {
  /** Zero-based position in the file: what errors and results refer to. */
  readonly row: number;
  /** Every field of the line, for joining. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly output: string;
}

export interface OutputsFile {
  readonly outputs: readonly ForeignOutput[];
  /** The field that the outputs were read from. */
  readonly outputField: string;
  /** One sentence for each line that could not be read. */
  readonly problems: readonly string[];
}

/** Names that evaluation tools give to the raw output, most specific first. */
const OUTPUT_FIELDS = [
  'raw_output',
  'output',
  'prediction',
  'response',
  'generated_text',
  'model_output',
  'completion',
  'text',
];
/** Names of the field that says which record a line answers. */
const ID_FIELDS = ['id', 'record_id', 'question_id', 'qid', 'pid'];
const ROW_FIELDS = ['index', 'row', 'idx'];

/**
 * Reads outputs made elsewhere: JSONL, a JSON array of objects, or a JSON object of outputs by id. Lines that
 * cannot be read become problems; the rest is kept. Throws one sentence when nothing can be read at all.
 */
export function readOutputsFile(text: string, name: string, outputField?: string): OutputsFile {
  const problems: string[] = [];
  const rows = readRows(text, name, problems);
  const field = outputField ?? findOutputField(rows);
  if (!field) {
    throw new Error(
      `${name} has no field that holds the raw output (looked for ${OUTPUT_FIELDS.join(', ')}): name it with --output-field.`,
    );
  }
  const outputs: ForeignOutput[] = [];
  for (const [row, fields] of rows.entries()) {
    if (!fields) continue;
    const output = fields[field];
    if (output === undefined) problems.push(`${name}:${row + 1}: there is no field "${field}".`);
    // A missing output is an empty output: the model said nothing, and that counts.
    else
      outputs.push({
        row,
        fields,
        output: output === null ? '' : typeof output === 'string' ? output : JSON.stringify(output),
      });
  }
  if (outputs.length === 0)
    throw new Error(
      `${name} holds no outputs in the field "${field}".${problems[0] ? ` First problem: ${problems[0]}` : ''}`,
    );
  return { outputs, outputField: field, problems };
}

/** How outputs were matched with records. */
export interface Join {
  /** `id`, `pid`, `index`, … or `line` for the n-th output with the n-th record. */
  readonly by: string;
  /** For each output, the index of its record, or null. */
  readonly records: readonly (number | null)[];
  readonly matched: number;
}

/**
 * Finds the record of each output by id, by the records' own `pid`, by row index, or, when the counts are
 * equal and nothing else fits, by line. The way that matches most outputs wins; ties go to the earlier.
 */
export function joinOutputs(outputs: readonly ForeignOutput[], records: readonly DatasetRecord[]): Join {
  const byId = new Map(records.map((record, index) => [record.id, index]));
  const present = (names: readonly string[]) =>
    names.filter((name) => outputs.some(({ fields }) => name in fields));
  const ways = [
    ...present(ID_FIELDS).map((name) => way(outputs, name, (value) => byId.get(String(value)) ?? null)),
    ...present(ROW_FIELDS).map((name) => way(outputs, name, (value) => rowIndex(value, records.length))),
  ];
  if (outputs.length === records.length)
    ways.push({ by: 'line', records: outputs.map(({ row }) => row), matched: outputs.length });
  return ways.reduce((best, next) => (next.matched > best.matched ? next : best), {
    by: 'nothing',
    records: outputs.map(() => null),
    matched: 0,
  } as Join);
}

/**
 * What the outputs were asked to look like, told from themselves: stage tags in at least a tenth of them, else
 * a JSON object in at least a tenth, else a letter. Nobody else's file says it.
 */
export function formatOf(outputs: readonly ForeignOutput[]): OutputFormat {
  const share = (pattern: RegExp) =>
    outputs.filter(({ output }) => pattern.test(output)).length / outputs.length;
  if (share(/<(summary|caption|reasoning|conclusion)>/i) >= 0.1) return 'stages';
  return share(/^\s*(```\w*\s*)?\{/) >= 0.1 ? 'json' : 'letter';
}

function way(outputs: readonly ForeignOutput[], name: string, find: (value: unknown) => number | null): Join {
  const records = outputs.map(({ fields }) => (name in fields ? find(fields[name]) : null));
  return { by: name, records, matched: records.filter((index) => index !== null).length };
}

function rowIndex(value: unknown, count: number): number | null {
  const index = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < count ? index : null;
}

function readRows(text: string, name: string, problems: string[]): (Record<string, unknown> | null)[] {
  const whole = parse(text);
  if (Array.isArray(whole))
    return whole.map((value, row) => asFields(value, `${name}: item ${row + 1}`, problems));
  if (isObject(whole) && !looksLikeOneOutput(whole)) {
    return Object.entries(whole).map(([id, value]) =>
      isObject(value) ? { id, ...value } : { id, output: value },
    );
  }
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, row) => {
    const where = `${name}:${row + 1}`;
    const value = parse(line);
    if (value !== undefined) return asFields(value, where, problems);
    problems.push(`${where}: this line is not JSON.`);
    return null;
  });
}

/** A JSONL file of a single line is an object too: its keys are then field names, not ids. */
function looksLikeOneOutput(value: Record<string, unknown>): boolean {
  return [...OUTPUT_FIELDS, ...ID_FIELDS, ...ROW_FIELDS].some((field) => field in value);
}

function asFields(value: unknown, where: string, problems: string[]): Record<string, unknown> | null {
  if (isObject(value)) return value;
  problems.push(`${where}: an object was expected.`);
  return null;
}

function findOutputField(rows: readonly (Record<string, unknown> | null)[]): string | undefined {
  return OUTPUT_FIELDS.find((field) => rows.some((row) => row && field in row));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
