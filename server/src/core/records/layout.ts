import { type FieldMap, topLevelNames } from './field-map.ts';
import type { DatasetLayout } from './types.ts';

/** How much of the text decides its layout. */
export const LAYOUT_PREFIX = 64 * 1024;

/** The names under which a record may carry its own id, the first one present wins. */
export const ID_FIELDS = ['id', 'pid', 'question_id'] as const;

/** The names a record's own fields go by; no dataset uses them as ids. */
export const RECORD_FIELDS: ReadonlySet<string> = new Set([
  ...ID_FIELDS,
  ...['question', 'choices', 'answer', 'hint', 'image', 'caption', 'task', 'grade', 'subject'],
  ...['topic', 'category', 'skill', 'lecture', 'solution', 'split'],
  ...['conversations', 'messages', 'images'],
]);

const STRING = /"(?:[^"\\\r\n]|\\[^\r\n])*"/y;
const FIRST_KEY = /"((?:[^"\\\r\n]|\\[^\r\n])*)"\s*:\s*(.?)/y;

/**
 * How a dataset's text is laid out, by its beginning alone: a list of records, an object of records by id, or
 * one record a line. `unknown` is text that is no dataset at all.
 *
 * @param text the first `LAYOUT_PREFIX` characters of the dataset
 * @param map where the records' fields stand, when not under their own names
 */
export function detectLayout(text: string, map: FieldMap | null = null): DatasetLayout {
  const names = map ? new Set([...RECORD_FIELDS, ...topLevelNames(map)]) : RECORD_FIELDS;
  const start = text.search(/[^\s\uFEFF]/);
  switch (text[start]) {
    case '[':
      return 'json-array';
    case '{':
      return isRecordOnOneLine(text, start, names) || isLineOfMany(text, start) ? 'jsonl' : 'json-object';
    case '"':
      // The opening brace is missing, perhaps just deleted; the records are still there.
      return matchAt(FIRST_KEY, text, start) ? 'json-object' : 'unknown';
    default:
      return 'unknown';
  }
}

/** True when the object at `start` has a record's own field among its keys on the line it starts on. */
function isRecordOnOneLine(text: string, start: number, names: ReadonlySet<string>): boolean {
  const firstKey = matchAt(FIRST_KEY, text, start + 1 + blanks(text, start + 1));
  if (!firstKey) return false;
  if (firstKey[2] === '{' && !names.has(firstKey[1] as string)) return false;
  let depth = 0;
  for (let i = start; i < text.length && text[i] !== '\n' && text[i] !== '\r'; i++) {
    const c = text[i];
    if (c === '{' || c === '[') depth++;
    else if (c === '}' || c === ']') depth--;
    else if (c === '"') {
      const key = depth === 1 ? matchAt(FIRST_KEY, text, i) : null;
      if (key && names.has(key[1] as string)) return true;
      const string = matchAt(STRING, text, i);
      if (!string) return false;
      i += string[0].length - 1;
    }
    if (depth === 0) return false;
  }
  return false;
}

/** True when the line that starts at `start` ends an object and the next one opens another, whatever they hold. */
function isLineOfMany(text: string, start: number): boolean {
  const lineEnd = text.slice(start).search(/[\r\n]/);
  if (lineEnd === -1) return false;
  const next = text.slice(start + lineEnd).search(/\S/);
  return (
    text
      .slice(start, start + lineEnd)
      .trimEnd()
      .endsWith('}') && text[start + lineEnd + next] === '{'
  );
}

function blanks(text: string, offset: number): number {
  let end = offset;
  while (text[end] === ' ' || text[end] === '\t') end++;
  return end - offset;
}

function matchAt(pattern: RegExp, text: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(text);
}
