import type { Span } from '../span.ts';
import { choiceTextAt } from './choice-text.ts';

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
  readonly span: Span;
}

interface Mark {
  readonly by: 'letter' | 'index';
  readonly choices: readonly number[];
  readonly explicit: boolean;
  readonly end: number;
}

/** What may stand before a name without meaning anything: Markdown, quotes, LaTeX. */
const DECORATION = /(?:[\s*_"'“”‘’`$]|\\(?:boxed|text|textbf|mathrm)\{){0,40}/y;
/** `(B)`, `[1]`, `(option 2)`, `Option (B)`. */
const BRACKETED =
  /(?:(?:option|choice|answer|letter|number)\s+)?[*_"'“‘`]*[([]\s*(?:(?:option|choice)\s+)?(?:([a-z])|(\d{1,2}))\s*[)\]]/iy;
/** `Option B`, `choice 1`; not "choice a". */
const WORDED =
  /(?:[Oo]ption|[Cc]hoice|[Ll]etter|OPTION|CHOICE)\s+[*_"'“‘`]*(?:([A-Z])|(\d{1,2}))(?![\p{L}\p{N}])/uy;
/** `B`, `B.`, `B)`, `1:`; a number must not go on after its point. */
const BARE =
  /(?:([A-Z])|(\d|[1-9]\d))(?=[*_"'”’`]*(?:[.):,;!}](?!\p{N})|\s*$|\s*\n|\s+(?:because|since|as|\(|[-–—])))/uy;
/** A lower-case letter counts when nothing follows it; "a" only where it cannot be an article cut short. */
const LOWER = /([b-z]|(?<=(?:^|:)[\s*_"'“‘`]*)a)(?=[.)]?[*_"'”’`]*\s*$)/y;
/** What may stand between a mark and the text of its choice. */
const BETWEEN = /[\s*_"'“‘`.:)\],(–—-]*/y;
/** What may stand between the text of a choice and the mark behind it. */
const BEFORE_MARK = /[ \t*_"'”’`.]*(?=[([])/y;
/** What ends a phrase that names a choice; "attract or repel" names none. */
const PHRASE_END =
  /(?!\s*,?\s*(?:or|and|nor)\b)[*_"'“”‘’`)\]}\\$]*(?:\s*$|\s*\n|[.,;:!?]+(?![\p{L}\p{N}])(?!\s*(?:or|and|nor)\b)|\s+(?:because|since|as|which|[([–—-]))/iuy;

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
  return { choices, by: mark.by, pair: false, explicit: mark.explicit, span: { start, end: mark.end } };
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
  return {
    choices: found.choices,
    by: 'text',
    pair: false,
    explicit: false,
    span: { start: offset, end: found.end },
  };
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
  return { choices, by: mark.by, pair: both.length > 0, explicit: true, span };
}

function markAt(text: string, offset: number, passage: Passage): Mark | null {
  for (const pattern of [BRACKETED, WORDED, BARE, LOWER]) {
    pattern.lastIndex = offset;
    const match = pattern.exec(text);
    if (!match) continue;
    const [all, letter, digits] = match;
    return {
      by: letter ? 'letter' : 'index',
      choices: letter ? choicesOfLetter(letter, passage) : choicesOfIndex(Number(digits), passage),
      explicit: pattern === BRACKETED || pattern === WORDED,
      end: offset + all.length,
    };
  }
  return null;
}

function choicesOfLetter(letter: string, passage: Passage): number[] {
  const choice = letter.toUpperCase().charCodeAt(0) - 'A'.charCodeAt(0);
  return choice < passage.choices.length ? [choice] : [];
}

/** Choices an index can mean: one when the base is known, else under either base. */
function choicesOfIndex(index: number, passage: Passage): number[] {
  const bases = passage.indexBase === null ? [0, 1] : [passage.indexBase];
  return bases.map((base) => index - base).filter((choice) => choice >= 0 && choice < passage.choices.length);
}

/** Where a sticky pattern that may match nothing ends. */
function matchEnd(sticky: RegExp, text: string, offset: number): number {
  sticky.lastIndex = offset;
  return sticky.test(text) ? sticky.lastIndex : offset;
}
