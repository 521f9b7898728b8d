import { hasRefused } from '../hedges.ts';
import { type Name, nameAt, type Passage } from '../name.ts';
import { endsLine, toFound } from './leading.ts';
import type { Method } from './method.ts';

/** A letter behind the last sentence; "A" with a mark, for without one a sentence may have been cut off there. */
const LETTER_BEHIND = /[.!?]["'”’)]*[ \t]+(?=[*_(]{0,3}(?:[B-Z][)*_]{0,3}\.?|A[)*_.]{1,3})\s*$)/;
/** What comes before says something. */
const SAYS = /(?:\p{L}{2,}\P{L}+){3}/u;
const LAST_LINE = /\n[ \t]*(?=[^\n]*\S[^\n]*\s*$)/;
/** In so many characters stands the line before the last. */
const LONGEST_LINE = 400;

export const lastLine: Method = {
  id: 'last-line',
  confidence: 0.8,
  what: 'The last line, where it is a choice and nothing else, or a capital letter behind the last sentence; a number only in brackets or with its choice. Not where the line before names another choice so.',
  example: 'The poles that face each other are alike, so they push.\n\n**B**',
  read(passage) {
    if (hasRefused(passage)) return null;
    const { start, end } = passage.span;
    const tail = passage.text.slice(Math.max(start, end - LONGEST_LINE), end);
    const match = LAST_LINE.exec(tail) ?? LETTER_BEHIND.exec(tail);
    if (!match) return null;
    const at = end - tail.length + match.index + match[0].length;
    if (!SAYS.test(passage.text.slice(start, at))) return null;
    const name = nameAt(passage, at);
    if (!name || !endsLine(name, passage) || isBareNumber(name) || isListed(name, passage, at)) return null;
    return toFound([name], 'last-line', 0.8);
  },
};

function isBareNumber({ by, explicit, pair }: Name): boolean {
  return by === 'index' && !explicit && !pair;
}

/** True when the line before begins with another choice: this one is an item of a list. */
function isListed(name: Name, passage: Passage, at: number): boolean {
  const before = passage.text.slice(passage.span.start, at).trimEnd();
  const lineStart = passage.span.start + before.lastIndexOf('\n') + 1;
  const other = lineStart < at ? nameAt(passage, lineStart, passage.span.start + before.length) : null;
  return other !== null && !other.choices.some((choice) => name.choices.includes(choice));
}
