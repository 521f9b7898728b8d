import { distinct, joinedNames, type Name, nameAt, type Passage } from '../name.ts';
import type { ReadingMethod } from '../types.ts';
import type { Found } from './method.ts';

const LINE = /\n[\s>*-]*/g;
/** Nothing more on this line. */
const ALONE = /[*_"'”’`)\]}]*[.。]?[*_"'”’`)\]}]*[ \t]*(?:\r?\n|$)/y;
const DENIED =
  /^[\s*_)\]:,–—-]*(?:(?:is|are|was) )?(?:(?:also )?(?:incorrect|wrong|false)\b|not (?:correct|right)\b|是?(?:错误|不正确|错的|不对))/i;
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
  if (first?.by !== by || !standsAlone(first, passage) || isDenied(first, passage)) return null;
  if (isKey(first, passage)) return null;
  const names = joinedNames(passage, first);
  const text = passage.text.slice(0, passage.span.end);
  LINE.lastIndex = (names.at(-1) as Name).span.end;
  for (let line = LINE.exec(text); line && names.length < MOST_LINES; line = LINE.exec(text)) {
    const name = nameAt(passage, LINE.lastIndex);
    if (name && standsAlone(name, passage)) names.push(name);
  }
  return toFound(behindEcho(names), by, confidence);
}

/** True when nothing more stands on the name's line. */
export function endsLine(name: Name, passage: Passage): boolean {
  ALONE.lastIndex = name.span.end;
  return ALONE.test(passage.text.slice(0, passage.span.end));
}

/** "Option A: attract - wrong", "选项A是错误的". */
function isDenied({ span }: Name, { text, span: whole }: Passage): boolean {
  return DENIED.test(text.slice(span.end, Math.min(whole.end, span.end + 40)));
}

/** `{"A": false, …`: the key of an object is no answer. */
function isKey({ span, by }: Name, { text, span: whole }: Passage): boolean {
  if (by === 'text') return false;
  return (
    text.slice(whole.start, span.start).includes('{') && /^["'”’]?\s*:/.test(text.slice(span.end, whole.end))
  );
}

/** Where the choices were listed first, each once, what was named after them; all names where nothing was. */
function behindEcho(names: readonly Name[]): readonly Name[] {
  const [first, ...rest] = names;
  // "B.", and then the choices as they were asked.
  if (first && !first.pair && rest.length >= 2 && isList(rest)) return [first];
  const again = names.findIndex(
    (name, i) => i > 0 && names.slice(0, i).some((before) => isSame(before, name)),
  );
  return again >= 2 && isList(names.slice(0, again)) ? names.slice(again) : names;
}

/** Choices in their order, each with its own words. */
function isList(names: readonly Name[]): boolean {
  return names.every(
    ({ pair, choices }, i) =>
      pair && (i === 0 || (choices[0] as number) > (names[i - 1]?.choices[0] as number)),
  );
}

function isSame(one: Name, other: Name): boolean {
  return one.choices.length === 1 && other.choices.length === 1 && one.choices[0] === other.choices[0];
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
  return endsLine(name, passage);
}
