import type { Span } from '../span.ts';
import type { FieldSource } from './types.ts';

const BACKSLASH = 92;

/**
 * The fields of a valid JSON object by path, list items included: `answer`, `choices`, `choices[0]`. Skips over
 * what it does not name, which makes it some ten times faster than building a tree.
 *
 * @param object where the object stands in the text, from brace to brace
 */
export function fieldSpans(text: string, object: Span): Map<string, FieldSource> {
  const fields = new Map<string, FieldSource>();
  let offset = skipBlank(text, object.start + 1);
  while (text[offset] === '"') {
    const key = { start: offset, end: endOfString(text, offset) };
    const start = skipBlank(text, skipBlank(text, key.end) + 1);
    const value = { start, end: endOfValue(text, start) };
    const raw = text.slice(key.start + 1, key.end - 1);
    const path = raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw;
    fields.set(path, { key, value });
    if (text[start] === '[') addItems(fields, text, path, value);
    offset = nextItem(text, value.end);
  }
  return fields;
}

function addItems(fields: Map<string, FieldSource>, text: string, path: string, list: Span): void {
  let offset = skipBlank(text, list.start + 1);
  for (let index = 0; offset < list.end - 1; index++) {
    const value = { start: offset, end: endOfValue(text, offset) };
    fields.set(`${path}[${index}]`, { value });
    offset = nextItem(text, value.end);
  }
}

/** Past the comma after an item, or at the bracket that closes the list or object. */
function nextItem(text: string, offset: number): number {
  const next = skipBlank(text, offset);
  return text[next] === ',' ? skipBlank(text, next + 1) : next;
}

function endOfValue(text: string, offset: number): number {
  const first = text[offset];
  if (first === '"') return endOfString(text, offset);
  let end = offset;
  if (first !== '{' && first !== '[') {
    while (end < text.length && !/[\s,\]}]/.test(text[end] as string)) end++;
    return end;
  }
  let depth = 0;
  do {
    const character = text[end];
    if (character === '"') end = endOfString(text, end);
    else {
      if (character === '{' || character === '[') depth++;
      else if (character === '}' || character === ']') depth--;
      end++;
    }
  } while (depth > 0 && end < text.length);
  return end;
}

function endOfString(text: string, offset: number): number {
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
  for (;;) {
    const code = text.charCodeAt(end);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return end;
    end++;
  }
}
