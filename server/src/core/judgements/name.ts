import type { Span } from '../span.ts';
import { choiceTextAt } from './choice-text.ts';
import { ANSWER, OPTION, UNSPACED } from './words.ts';

/** A stretch of text in which an answer is looked for. */
export interface Passage {
  readonly text: string;
  readonly span: Span;
  readonly choices: readonly string[];
  /** What index the first choice has in the prompt that asked; null when that is not known. */
  readonly indexBase: 0 | 1 | null;
}

/** A choice named in a text: by letter, by index or by its own words. */
export interface Name {
  /** Every choice the words fit; more than one when they are ambiguous. Never empty. */
  readonly choices: readonly number[];
  readonly by: 'letter' | 'index' | 'text';
  /** True when a letter or an index stands next to the text of its own choice. */
  readonly pair: boolean;
  /** True for `(B)`, `[1]` and `Option B`: marks that cannot be prose. */
  readonly explicit: boolean;
  /** The number that was written, when the choice is named by its index. */
  readonly index: number | null;
  readonly span: Span;
}

interface Mark {
  readonly by: 'letter' | 'index';
  readonly choices: readonly number[];
  readonly explicit: boolean;
  /** True for a mark that is one only before the text of its own choice. */
  readonly isWeak: boolean;
  readonly index: number | null;
  readonly end: number;
}

/** What may stand before a name without meaning anything: Markdown, quotes, LaTeX. */
const DECORATION =
  /(?:[\s*_"'“”‘’`$#<>{•·▪✓✔✅☑➤]|[-–]\s|json(?=\s)|\\(?:boxed|text|textbf|mathrm)\{){0,40}/y;
/** `(B)`, `[1]`, `(option 2)`, `Option (B)`. */
const BRACKETED = new RegExp(
  `(?:(?:${ANSWER}|${OPTION}|number)\\s+|${UNSPACED}\\s*)?[*_"'“‘\`]*[([]\\s*(?:(?:option|choice)\\s+)?(?:([a-zа-е])|(\\d{1,2}))\\s*[)\\]]`,
  'iuy',
);
/** `Option B`, `choice 1`, `选项 B`; "choice a" is caught by its case. */
const WORDED = new RegExp(
  `(?:(?:${ANSWER}|${OPTION})\\s+|(?:number|index|no\\.)\\s+(?=\\d)|${UNSPACED}\\s*)[*_"'“‘\`]*(?:([a-zа-е])|(\\d{1,2}))(?![\\p{sc=Latin}\\p{sc=Cyrillic}\\p{N}]|[.,]\\d)`,
  'iuy',
);
/** `B`, `B.`, `B)`, `1:`; a number must not go on after its point. */
const BARE =
  /(?:([A-ZА-Е])(?=[*_"']*\s*[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Devanagari}])|(?:([A-ZА-Еأبجد])|(\d|[1-9]\d))(?=です|[*_"'”’`$>]*(?:[.):,;!}\]。，、；](?!\p{N})|\?\s*$|\s*$|\s*\n|\s+(?:because|since|as|\(|[-–—]))))/uy;
/** A lower-case letter counts when nothing follows it; "a" only where it cannot be an article cut short. */
const LOWER = /([b-z]|(?<=(?:^|:)[\s*_"'“‘`]*)a)(?=[.)]?[*_"'”’`]*\s*$)/y;
/** `b)`, `b.`: a mark only before the text of its own choice. */
const LISTED = /([a-z])(?=[.)]\s)/y;
/** What "option b" stops at, and "the choice a person makes" does not. */
const ENDS = /^[*_"'”’`]*\s*(?:[.,:;)]|$)/;
/** What may stand between a mark and the text of its choice. */
const BETWEEN = /[\s*_"'“‘`.:)\],(–—-]*/y;
/** What may stand between the text of a choice and the mark behind it. */
const BEFORE_MARK = /[ \t*_"'”’`.]*(?=[([])/y;
/** What ends a phrase that names a choice; "attract or repel" names none. */
const PHRASE_END =
  /(?!\s*,?\s*(?:or|and|nor)\b)[*_"'“”‘’`)\]}\\$]*(?:\s*$|\s*\n|[.,;:!?]+(?![\p{L}\p{N}])(?!\s*(?:or|and|nor)\b)|[。，、；：！？]|\s+(?:because|since|as|which|[([–—-]))/iuy;

/** Letters of other alphabets by the choices they can mean: by their own, and as the Latin letter they look like. */
const OTHER_LETTERS: Readonly<Record<string, readonly number[]>> = {
  А: [0],
  Б: [1],
  В: [1, 2],
  Г: [3],
  Д: [4],
  Е: [4, 5],
  أ: [0],
  ب: [1],
  ج: [2],
  د: [3],
};

/** The choice named at `offset` of the passage, or null. `end` cuts the passage short. */
export function nameAt(passage: Passage, offset: number, end: number = passage.span.end): Name | null {
  const text = passage.text.slice(0, end);
  const start = matchEnd(DECORATION, text, offset);
  const words = choicePhraseAt(text, start, passage.choices);
  const mark = markAt(text, start, passage);
  if (!mark) return words && withMarkBehind(words, text, passage);
  const after = matchEnd(BETWEEN, text, mark.end);
  const own = choicePhraseAt(text, after, passage.choices);
  if (own) return pairOf(mark, own.choices, { start, end: own.span.end });
  if (mark.isWeak) return words && withMarkBehind(words, text, passage);
  // "(B) repel one another": the words go on, but they are those of the mark's own choice.
  const begun = mark.explicit ? choiceTextAt(text, after, passage.choices) : null;
  if (begun?.choices.some((choice) => mark.choices.includes(choice))) {
    return pairOf(mark, begun.choices, { start, end: begun.end });
  }
  // A letter or a number can be a choice's own words: then both readings stand, save that a number counts
  // choices only where the prompt numbered them.
  if (words && mark.by === 'index' && passage.indexBase === null) return words;
  const choices = words ? distinct([...words.choices, ...mark.choices]) : mark.choices;
  if (choices.length === 0) return null;
  const { by, explicit, index } = mark;
  return { choices, by, pair: false, explicit, index, span: { start, end: mark.end } };
}

/** What joins names to a list of them, and what parts the items of a list of choices. */
const JOINT =
  /[*_"'”’`)\]]*[ \t]*(?:[,;&/+][ \t]*(?:(?:and|or|und|y|et|e)\b[ \t]*)?|(?:and|or|und|y|et|e)\b[ \t]*|[和或][ \t]*)/iuy;
const LISTED_NEXT = /[*_"'”’`)\]]*[.,;]?(?:[ \t]+|[ \t]*\r?\n[ \t]*)/y;
/** More names than this are no list of the choices, and would cost time. */
const MOST_JOINED = 30;

/** The name and those that are joined to it: "A and C", "(A) attract (B) repel". */
export function joinedNames(passage: Passage, first: Name): Name[] {
  const names = [first];
  for (let last = first; names.length < MOST_JOINED; ) {
    const text = passage.text.slice(0, passage.span.end);
    const next =
      markBehind(passage, matchEnd(JOINT, text, last.span.end), last) ??
      (last.pair ? markBehind(passage, matchEnd(LISTED_NEXT, text, last.span.end), last, true) : null);
    if (!next) break;
    names.push(next);
    last = next;
  }
  return names;
}

/** A choice named at `at` as the last one was: words behind a mark may say something else. */
function markBehind(passage: Passage, at: number, last: Name, isPair = false): Name | null {
  if (at <= last.span.end || at >= passage.span.end) return null;
  const name = nameAt(passage, at);
  const isMarked =
    name?.pair || name?.by === 'letter' || name?.explicit || (name?.by === 'text' && last.by === 'text');
  return isMarked && (!isPair || name.pair) ? name : null;
}

export function distinct(choices: readonly number[]): number[] {
  return [...new Set(choices)];
}

/** A choice's own words at `offset`, standing as a phrase. */
function choicePhraseAt(text: string, offset: number, choices: readonly string[]): Name | null {
  const found = choiceTextAt(text, offset, choices);
  if (!found) return null;
  PHRASE_END.lastIndex = found.end;
  // A choice that is a sentence brings its own end.
  if (!PHRASE_END.test(text) && !/[.!?]["'”’]?$/.test(text.slice(offset, found.end))) return null;
  const span = { start: offset, end: found.end };
  return { choices: found.choices, by: 'text', pair: false, explicit: false, index: null, span };
}

/** "Australia (3)": the words with the mark behind them, if there is one. */
function withMarkBehind(words: Name, text: string, passage: Passage): Name {
  const mark = markAt(text, matchEnd(BEFORE_MARK, text, words.span.end), passage);
  return mark?.explicit ? pairOf(mark, words.choices, { start: words.span.start, end: mark.end }) : words;
}

/** Mark and text side by side: what both allow; when they contradict each other, both. */
function pairOf(mark: Mark, words: readonly number[], span: Span): Name {
  const both = mark.choices.filter((choice) => words.includes(choice));
  const choices = both.length > 0 ? both : distinct([...mark.choices, ...words]);
  return { choices, by: mark.by, pair: both.length > 0, explicit: true, index: mark.index, span };
}

function markAt(text: string, offset: number, passage: Passage): Mark | null {
  for (const pattern of [BRACKETED, WORDED, BARE, LOWER, LISTED]) {
    pattern.lastIndex = offset;
    const match = pattern.exec(text);
    if (!match) continue;
    const letter = match.slice(1).find((group) => group !== undefined && /\D/.test(group));
    if (
      pattern === WORDED &&
      letter &&
      letter !== letter.toUpperCase() &&
      !ENDS.test(text.slice(offset + match[0].length))
    )
      continue;
    const index = letter ? null : Number(match.slice(1).find(Boolean));
    return {
      by: letter ? 'letter' : 'index',
      choices: letter ? choicesOfLetter(letter, passage) : choicesOfIndex(index!, passage),
      explicit: pattern === BRACKETED || pattern === WORDED,
      isWeak: pattern === LISTED,
      index,
      end: offset + match[0].length,
    };
  }
  return null;
}

function choicesOfLetter(letter: string, passage: Passage): number[] {
  const upper = letter.toUpperCase();
  const meant = OTHER_LETTERS[upper] ?? [upper.charCodeAt(0) - 'A'.charCodeAt(0)];
  return meant.filter((choice) => choice < passage.choices.length);
}

/** Choices an index can mean: one when the base is known, else under either base. */
export function choicesOfIndex(index: number, passage: Passage): number[] {
  const bases = passage.indexBase === null ? [0, 1] : [passage.indexBase];
  return bases.map((base) => index - base).filter((choice) => choice >= 0 && choice < passage.choices.length);
}

/** Where a sticky pattern that may match nothing ends. */
function matchEnd(sticky: RegExp, text: string, offset: number): number {
  sticky.lastIndex = offset;
  return sticky.test(text) ? sticky.lastIndex : offset;
}
