/** Where the JSON of an output ends, though it need not parse: small models leave out quotes and braces. */
import type { Span } from './span.ts';

const BEGINNING = /^\s*(?:```\w*\s*)?(?=[{[]\s*["{[])/;
/** What a quote that closes a string is followed by. */
const BEHIND_STRING = /\s*(?:[,:}\]]|`{3}|$)/y;
/** A value, or a key, has just begun. */
const JUST_OPENED = /[:,[{]\s*"?$/;
/** A number or a word of JSON: it may be whole. */
const BARE_VALUE = /[:,[]\s*(?:-?\d+(?:\.\d+)?|true|false|null)$/;

/** The offset behind the object or list that the output begins with; null when it begins otherwise or never ends. */
export function jsonEnd(output: string): number | null {
  const start = BEGINNING.exec(output)?.[0].length;
  if (start === undefined) return null;
  const open: string[] = [];
  let inString = false;
  for (let i = start; i < output.length; i++) {
    const c = output[i];
    if (inString && c === '\\') i++;
    else if (c === '"') inString = inString ? !closes(output, i) : true;
    else if (inString) continue;
    else if (c === '{' || c === '[') open.push(c === '{' ? '}' : ']');
    // A bracket that closes nothing stands in a string whose quotes are wrong.
    else if (c === open.at(-1) && open.pop() && open.length === 0) return i + 1;
  }
  return null;
}

/**
 * The piece at which the JSON that an output begins with breaks off: a string without its end, or a key without
 * its value. Null when there is no JSON, when it ends, or when nothing but brackets is missing.
 */
export function openTail(output: string): Span | null {
  if (!BEGINNING.test(output) || jsonEnd(output) !== null) return null;
  const text = output.trimEnd();
  const isWhole =
    /[}\]`]$/.test(text) || BARE_VALUE.test(text) || (text.endsWith('"') && !JUST_OPENED.test(text));
  if (isWhole) return null;
  const openings = [...text.matchAll(/[:,[{]\s*"/g)];
  const last = openings.at(-1);
  return { start: last ? last.index + last[0].length - 1 : 0, end: text.length };
}

/** Fields that hold the reasons for an answer. */
const EXPLANATION =
  /"(?:solution|explanation|reason|reasoning|rationale|justification|analysis|thoughts?|steps?)"\s{0,8}:\s{0,8}"/i;

/** The text of the field in which an output in JSON gives its reasons, still escaped; null when it has none. */
export function explanationIn(output: string): Span | null {
  if (!BEGINNING.test(output)) return null;
  const field = EXPLANATION.exec(output);
  if (!field) return null;
  const start = field.index + field[0].length;
  for (let i = start; i < output.length; i++) {
    if (output[i] === '\\') i++;
    else if (output[i] === '"' && closes(output, i)) return { start, end: i };
  }
  return { start, end: output.length };
}

function closes(output: string, quote: number): boolean {
  BEHIND_STRING.lastIndex = quote + 1;
  return BEHIND_STRING.test(output);
}
