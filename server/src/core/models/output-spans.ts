import type { Span } from '../span.ts';

const BACKSLASH = 92;
const LOWER_U = 117;
/** `\u0041`; every other escape has two characters. */
const LONG_ESCAPE = 6;

/**
 * Where some characters of a string stand in the JSON that writes it, escapes and all: from the first
 * character of the first one to behind the last character of the last one.
 *
 * @param text what `literal` counts in
 * @param literal the string's place, quotes included
 * @param decoded UTF-16 offsets in the string's value
 */
export function spanInLiteral(text: string, literal: Span, decoded: Span): Span {
  const first = literal.start + 1;
  const last = Math.max(first, literal.end - 1);
  const backslash = text.indexOf('\\', first);
  if (backslash === -1 || backslash >= first + decoded.end) {
    return { start: Math.min(first + decoded.start, last), end: Math.min(first + decoded.end, last) };
  }
  let offset = first;
  let at = 0;
  const advance = (to: number) => {
    for (; at < to && offset < last; at++) offset += lengthAt(text, offset);
    return Math.min(offset, last);
  };
  const start = advance(decoded.start);
  return { start, end: advance(decoded.end) };
}

/** How many characters write the one UTF-16 unit at `offset`. */
function lengthAt(text: string, offset: number): number {
  if (text.charCodeAt(offset) !== BACKSLASH) return 1;
  return text.charCodeAt(offset + 1) === LOWER_U ? LONG_ESCAPE : 2;
}
