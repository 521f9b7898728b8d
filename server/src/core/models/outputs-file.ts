import type { OutputFormat } from '../prompts/types.ts';
import {
  type Fields,
  type ForeignOutput,
  findOutputField,
  foreignOutput,
  hasNoNumber,
  ID_FIELDS,
  isObject,
  OUTPUT_FIELDS,
  parseJson,
  ROW_FIELDS,
} from './output-fields.ts';
import type { Prediction } from './types.ts';

export interface OutputsFile {
  readonly outputs: readonly ForeignOutput[];
  /** The field that the outputs were read from. */
  readonly outputField: string;
  /** One sentence for each line that could not be read. */
  readonly problems: readonly string[];
}

/**
 * Reads outputs made elsewhere: JSONL, a JSON array of objects, or a JSON object of outputs by id. Lines that
 * cannot be read become problems; the rest is kept. Throws one sentence when nothing can be read at all.
 */
export function readOutputsFile(text: string, name: string, outputField?: string): OutputsFile {
  const problems: string[] = [];
  const rows = readRows(text, name, problems);
  if (rows.every((fields) => fields === null)) {
    throw new Error(`${name} holds no outputs: ${problems[0] ?? 'it is empty.'}`);
  }
  const field = outputField ?? findOutputField(rows);
  if (!field) {
    throw new Error(
      `${name} has no field that holds the raw output (looked for ${OUTPUT_FIELDS.join(', ')}): name it with --output-field.`,
    );
  }
  const outputs: ForeignOutput[] = [];
  for (const [row, fields] of rows.entries()) {
    if (!fields) continue;
    const output = foreignOutput(row, fields, field);
    if (output) outputs.push(output);
    else problems.push(`${name}:${row + 1}: there is no field "${field}".`);
  }
  if (outputs.length === 0)
    throw new Error(
      `${name} holds no outputs in the field "${field}".${problems[0] ? ` First problem: ${problems[0]}` : ''}`,
    );
  return { outputs, outputField: field, problems };
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

/** An output as a prediction of nobody knows which model. */
export function foreignPrediction({ output, fields, mapped }: ForeignOutput): Prediction {
  const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
  const reason = fields.finish_reason;
  const finishReason = reason === 'stop' || reason === 'length' ? reason : 'unknown';
  return { key: '', output, finishReason, usage, ...(mapped === null ? {} : { mapped }) };
}

function readRows(text: string, name: string, problems: string[]): (Fields | null)[] {
  const whole = parseJson(text);
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
    const value = parseJson(line);
    if (value !== undefined) {
      if (hasNoNumber(line)) problems.push(`${where}: NaN and Infinity are no JSON; they are read as null.`);
      return asFields(value, where, problems);
    }
    problems.push(`${where}: this line is not JSON.`);
    return null;
  });
}

/** A JSONL file of a single line is an object too: its keys are then field names, not ids. */
function looksLikeOneOutput(value: Fields): boolean {
  return [...OUTPUT_FIELDS, ...ID_FIELDS, ...ROW_FIELDS].some((field) => field in value);
}

function asFields(value: unknown, where: string, problems: string[]): Fields | null {
  if (isObject(value)) return value;
  problems.push(`${where}: an object was expected.`);
  return null;
}
