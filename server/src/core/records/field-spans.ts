import type { Span } from '../span.ts';
import type { FieldSource } from './types.ts';

/** Lists in objects in lists: as deep as the parts of a turn of a conversation stand. */
export const DEEPEST_LIST = 2;

const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;

/**
 * The fields of a valid JSON object by path, list items and the fields of objects in lists included: `answer`,
 * `choices[0]`, `conversations[0].value`. Skips over what it does not name, which makes it some ten times faster
 * than building a tree.
 *
 * @param object where the object stands in the text, from brace to brace
 */
export function fieldSpans(text: string, object: Span): Map<string, FieldSource> {
  const fields = new Map<string, FieldSource>();
  addMembers(fields, text, '', object, 0);
  return fields;
}

function addMembers(
  fields: Map<string, FieldSource>,
  text: string,
  prefix: string,
  object: Span,
  lists: number,
): void {
  // Between the fields of a valid object the next quote opens the next key.
  let offset = text.indexOf('"', object.start);
  while (offset !== -1 && offset < object.end) {
    const key = { start: offset, end: endOfString(text, offset) };
    const start = skipBlank(text, skipBlank(text, key.end) + 1);
    const value = { start, end: endOfValue(text, start) };
    const raw = text.slice(key.start + 1, key.end - 1);
    const name = raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw;
    const path = prefix + name;
    fields.set(path, { key, value });
    if (text.charCodeAt(start) === OPEN_LIST && lists < DEEPEST_LIST) {
      addItems(fields, text, path, value, lists + 1);
    }
    offset = text.indexOf('"', value.end);
  }
}

function addItems(
  fields: Map<string, FieldSource>,
  text: string,
  path: string,
  list: Span,
  lists: number,
): void {
  let offset = skipBlank(text, list.start + 1);
  for (let index = 0; offset < list.end - 1; index++) {
    const value = { start: offset, end: endOfValue(text, offset) };
    fields.set(`${path}[${index}]`, { value });
    if (text.charCodeAt(offset) === OPEN) addMembers(fields, text, `${path}[${index}].`, value, lists);
    const next = skipBlank(text, value.end);
    offset = text.charCodeAt(next) === COMMA ? skipBlank(text, next + 1) : next;
  }
}

function endOfValue(text: string, offset: number): number {
  const first = text.charCodeAt(offset);
  if (first === QUOTE) return endOfString(text, offset);
  let end = offset;
  if (first !== OPEN && first !== OPEN_LIST) {
    while (end < text.length && !endsLiteral(text.charCodeAt(end))) end++;
    return end;
  }
  let depth = 0;
  do {
    const code = text.charCodeAt(end);
    if (code === QUOTE) end = endOfString(text, end);
    else {
      if (code === OPEN || code === OPEN_LIST) depth++;
      else if (code === CLOSE || code === CLOSE_LIST) depth--;
      end++;
    }
  } while (depth > 0 && end < text.length);
  return end;
}

function endsLiteral(code: number): boolean {
  return code === COMMA || code === CLOSE || code === CLOSE_LIST || isBlank(code);
}

/** The offset behind the quote that closes the string which opens at `offset`. */
export function endOfString(text: string, offset: number): number {
  let end = offset + 1;
  for (;;) {
    const close = text.indexOf('"', end);
    if (close === -1) return text.length;
    let slashes = 0;
    while (text.charCodeAt(close - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return close + 1;
    end = close + 1;
  }
}

function skipBlank(text: string, offset: number): number {
  let end = offset;
  while (isBlank(text.charCodeAt(end))) end++;
  return end;
}

/** White space between JSON tokens. */
function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
