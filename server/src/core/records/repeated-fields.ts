import type { Span } from '../span.ts';
import { endOfString } from './field-spans.ts';

const QUOTE = 34;
const COLON = 58;

/** A key that stands in an object again further down, which makes readers of JSON forget its value. */
export interface RepeatedField {
  readonly field: string;
  /** From quote to quote. */
  readonly key: Span;
}

/**
 * The keys of a valid JSON object that a later one takes the place of.
 *
 * @param object where the object stands in the text, from brace to brace
 * @param fields how many different keys it has
 */
export function repeatedFields(text: string, object: Span, fields: number): readonly RepeatedField[] {
  // Nearly every record is done with here: it has no more colons behind quotes than it has fields.
  if (colonsBehindQuotes(text, object) === fields) return [];
  const last = new Map<string, Span>();
  const repeated: RepeatedField[] = [];
  for (const key of keysOf(text, object)) {
    const field = JSON.parse(text.slice(key.start, key.end));
    const earlier = last.get(field);
    if (earlier) repeated.push({ field, key: earlier });
    last.set(field, key);
  }
  return repeated;
}

function colonsBehindQuotes(text: string, { start, end }: Span): number {
  let count = 0;
  for (
    let colon = text.indexOf(':', start);
    colon !== -1 && colon < end;
    colon = text.indexOf(':', colon + 1)
  ) {
    let before = colon - 1;
    while (text.charCodeAt(before) <= 32) before--;
    if (text.charCodeAt(before) === QUOTE) count++;
  }
  return count;
}

/** The keys of the object itself, not of what it holds. */
function* keysOf(text: string, { start, end }: Span): IterableIterator<Span> {
  let depth = 0;
  for (let offset = start; offset < end; ) {
    const character = text[offset] as string;
    if (character === '"') {
      const string = { start: offset, end: endOfString(text, offset) };
      offset = string.end;
      while (text.charCodeAt(offset) <= 32) offset++;
      if (depth === 1 && text.charCodeAt(offset) === COLON) yield string;
      continue;
    }
    if ('{['.includes(character)) depth++;
    else if ('}]'.includes(character)) depth--;
    offset++;
  }
}
