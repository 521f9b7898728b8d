import type { Span } from '../../span.ts';
import type { Passage } from '../name.ts';

/** The end of a sentence, of a line, or of a string in JSON. */
const END = /[.!?](?=["'”’*)]*(?:\s|$))|[。！？\n]|",\s|"\s*\}/g;
/** A longer clause names no choice. */
const LONGEST = 400;

/** "You are absolutely correct!": what comes before the first thing that is said. */
const OPENER =
  /\s*(?:you(?:['’]re| are)|that(?:['’]s| is)|yes|sure|certainly|of course|okay|great|the (?:solution|reasoning|hint)[^.!\n]{0,40}(?:is|are))\b[^.!\n:]{0,60}[.!]+(?=[\s*]|$)/iy;

/** The first sentence of the passage that says something. */
export function firstClause(passage: Passage): Span {
  OPENER.lastIndex = passage.span.start;
  const opener = OPENER.test(passage.text) ? OPENER.lastIndex : passage.span.start;
  return clauseAt(passage, Math.min(opener, passage.span.end));
}

/** The rest of the sentence that goes on at `offset`. */
export function clauseAt(passage: Passage, offset: number): Span {
  const text = passage.text.slice(offset, Math.min(passage.span.end, offset + LONGEST));
  const lead = text.length - text.trimStart().length;
  END.lastIndex = lead;
  const match = END.exec(text);
  return { start: offset, end: offset + (match ? match.index + match[0].length : text.length) };
}
