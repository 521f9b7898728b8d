import { distinct, type Name, nameAt, type Passage } from '../name.ts';
import type { ReadingMethod } from '../types.ts';
import type { Found } from './method.ts';

const LINE = /\n[\s>*-]*/g;
/** Nothing more on this line. */
const ALONE = /[*_"'”’`)\]}]*[.。]?[*_"'”’`)\]}]*[ \t]*(?:\r?\n|$)/y;
/** More lines than this that begin with a choice are no list of the choices, and would cost time. */
const MOST_LINES = 100;

/**
 * The choice an output begins with, when it is named in the given way: as candidates, or null when the output
 * begins otherwise. Lines that begin with other choices count too, so that an echoed list of the choices is
 * ambiguous and not its first line.
 */
export function readLeading(
  passage: Passage,
  by: ReadingMethod & Name['by'],
  confidence: number,
): Found[] | null {
  const first = nameAt(passage, passage.span.start);
  if (first?.by !== by || !standsAlone(first, passage)) return null;
  const names = [first];
  const text = passage.text.slice(0, passage.span.end);
  LINE.lastIndex = first.span.end;
  for (let line = LINE.exec(text); line && names.length < MOST_LINES; line = LINE.exec(text)) {
    const name = nameAt(passage, LINE.lastIndex);
    if (name && standsAlone(name, passage)) names.push(name);
  }
  return toFound(names, by, confidence);
}

/** The names as candidates of one method, each choice once. */
export function toFound(names: readonly Name[], method: ReadingMethod, confidence: number): Found[] {
  const choices = distinct(names.flatMap((name) => name.choices));
  return choices.map((choice) => {
    const { span, index, pair } = names.find((name) => name.choices.includes(choice))!;
    return { choice, method, span, confidence, index: pair ? null : index };
  });
}

/** "1. First, look at the poles" is a numbered step: a bare number answers only when nothing follows it. */
function standsAlone(name: Name, passage: Passage): boolean {
  if (name.by !== 'index' || name.explicit) return true;
  ALONE.lastIndex = name.span.end;
  return ALONE.test(passage.text.slice(0, passage.span.end));
}
