import { distinct, type Name, nameAt, type Passage } from '../name.ts';
import type { Candidate, ReadingMethod } from '../types.ts';

const LINE = /\n[\s>*-]*/g;
/** Nothing more on this line. */
const ALONE = /[*_"'”’`)\]]*\.?[*_"'”’`)\]]*[ \t]*(?:\r?\n|$)/y;

/**
 * The choice an output begins with, when it is named in the given way: as candidates, or null when the output
 * begins otherwise. Lines that begin with other choices count too, so that an echoed list of the choices is
 * ambiguous and not its first line.
 */
export function readLeading(passage: Passage, by: ReadingMethod & Name['by']): Candidate[] | null {
  const first = nameAt(passage, passage.span.start);
  if (first?.by !== by || !standsAlone(first, passage)) return null;
  const names = [first];
  const text = passage.text.slice(0, passage.span.end);
  LINE.lastIndex = first.span.end;
  for (let line = LINE.exec(text); line; line = LINE.exec(text)) {
    const name = nameAt(passage, LINE.lastIndex);
    if (name && standsAlone(name, passage)) names.push(name);
  }
  return toCandidates(names, by);
}

/** The names as candidates of one method, each choice once. */
export function toCandidates(names: readonly Name[], method: ReadingMethod): Candidate[] {
  const choices = distinct(names.flatMap((name) => name.choices));
  return choices.map((choice) => ({
    choice,
    method,
    span: names.find((name) => name.choices.includes(choice))!.span,
  }));
}

/** "1. First, look at the poles" is a numbered step: a bare number answers only when nothing follows it. */
function standsAlone(name: Name, passage: Passage): boolean {
  if (name.by !== 'index' || name.explicit) return true;
  ALONE.lastIndex = name.span.end;
  return ALONE.test(passage.text.slice(0, passage.span.end));
}
