import { labels } from '../assertions.ts';
import { hasRefused } from '../hedges.ts';
import { distinct, nameAt, type Passage } from '../name.ts';
import { firstClause } from './clause.ts';
import { toFound } from './leading.ts';
import type { Method } from './method.ts';

/** A bracketed number, and a bracketed letter; `f(x)` and `tasks[0]` are neither. */
const NUMBER = /(?<=^|[\s*_])\(\d{1,2}\)/g;
const LETTER = /(?<=^|[\s*_])\([A-Z]\)/g;
/** "(1) is incorrect", "not (1)". */
const DENIED =
  /^[\s*_"']*(?:(?:is|are|was|does|would be)\s?n[o'’]t\b|(?:is|are|was) (?:not|incorrect|wrong|false)\b)/;
const DENYING = /\b(?:not|nor|neither|than|unlike|except)\s+(?:\w+\s+)?[*_"']*$/i;
/** Where the sentence or the line ends with the bracket. */
const ENDS = /^[*_"']*(?:[.!](?:\s|$)|\s*$|\s*\n)/;
/** A longer output says other things in brackets. */
const LONGEST = 1500;

export const mark: Method = {
  id: 'mark',
  confidence: 0.7,
  what: 'A bracketed number (or, where the prompt did not number the choices, a bracketed letter) in the first sentence or at the end of any, when it is the only one in the output or ends the first sentence.',
  example: 'The north poles push each other away (1).',
  read(passage) {
    if (passage.span.end - passage.span.start > LONGEST || hasRefused(passage)) return null;
    if (labels(passage).length > 0) return null;
    const first = firstClause(passage);
    const marks = [...marksIn(passage)];
    const ending = marks.filter(
      ({ at, end }) => at < first.end && ENDS.test(passage.text.slice(end, end + 8)),
    );
    const said = ending.length === 1 ? ending : marks;
    if (said.some(({ isDenied }) => isDenied)) return null;
    if (!said.some(({ at, isEnd }) => isEnd || (at >= first.start && at < first.end))) return null;
    const names = said.map(({ at }) => nameAt(passage, at)).filter((name) => name !== null);
    if (names.length < said.length) return null;
    return distinct(names.flatMap(({ choices }) => choices)).length === 1
      ? toFound(names, 'mark', 0.7)
      : null;
  },
};

interface Bracket {
  readonly at: number;
  readonly end: number;
  readonly isEnd: boolean;
  readonly isDenied: boolean;
}

function* marksIn({ text, span, indexBase }: Passage): Iterable<Bracket> {
  for (const match of text.slice(span.start, span.end).matchAll(indexBase === null ? LETTER : NUMBER)) {
    const at = span.start + match.index;
    const end = at + match[0].length;
    const behind = text.slice(end, Math.min(end + 24, span.end));
    const before = text.slice(Math.max(span.start, at - 24), at);
    yield { at, end, isEnd: ENDS.test(behind), isDenied: DENYING.test(before) || DENIED.test(behind) };
  }
}
