/** Finding the text of a choice in an output: white space, quotes, dashes, case and a leading article may differ. */
import { fold } from './fold.ts';

/** Where a choice's text stands, and every choice that fits it equally well (more than one when two choices read alike). */
export interface ChoiceText {
  readonly choices: readonly number[];
  readonly end: number;
}

interface ChoicePattern {
  /** The words without marks at either end and without a leading article; case does not matter. */
  readonly words: RegExp;
  /** The words in the choice's own case. */
  readonly cased: RegExp;
  /** The choice as it is written, marks included; only white space may differ. */
  readonly written: RegExp;
  /** How many characters `written` has before the words. */
  readonly lead: number;
  /** These, where they are Markdown's, which a quotation does not bring along. */
  readonly stars: string;
}

const MARKS = /^[\s"'“”‘’`*_.,;:!?]+|[\s"'“”‘’`*_.,;:!?]+$/g;
const ARTICLE = /^(?:the|an?)\s+(?=\S)/i;
/** A word goes on. Not part of the patterns: made anew for every choice, it would cost more than all else. */
const WORD = /[\p{L}\p{N}]/uy;
/** Scripts that put no space between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u;

const patternsOf = new WeakMap<readonly string[], readonly (ChoicePattern | null)[]>();

/** The choice text that begins at `offset`, the longest when one is the beginning of another; null when there is none. */
export function choiceTextAt(text: string, offset: number, choices: readonly string[]): ChoiceText | null {
  const patterns = patternsFor(choices);
  let end = -1;
  let fitting: number[] = [];
  patterns.forEach((pattern, choice) => {
    const wordsEnd = pattern ? endOf(pattern.words, text, offset) : null;
    if (wordsEnd === null || wordsEnd < end || isInsideWord(text, wordsEnd)) return;
    if (wordsEnd > end) fitting = [];
    end = wordsEnd;
    fitting.push(choice);
  });
  if (fitting.length === 0) return null;
  return mostExact(text, offset, fitting, patterns) ?? { choices: fitting, end };
}

/** Of choices that differ only in case, quotes or other marks, the one that is written so; null when none is. */
function mostExact(
  text: string,
  offset: number,
  fitting: readonly number[],
  patterns: readonly (ChoicePattern | null)[],
): ChoiceText | null {
  // `"X"` also holds `X`: the longer one is meant.
  let best: { choices: number[]; end: number; length: number } | null = null;
  for (const choice of fitting) {
    const { written, cased, lead } = patterns[choice]!;
    const writtenEnd = endOf(written, text, offset - lead);
    const end = writtenEnd ?? endOf(cased, text, offset);
    if (end === null) continue;
    const length = writtenEnd === null ? 0 : writtenEnd - offset + lead;
    if (best && length < best.length) continue;
    if (best && length === best.length) best.choices.push(choice);
    else best = { choices: [choice], end, length };
  }
  return best && best.length > 0 ? best : (startsStarred(text, offset, fitting, patterns) ?? best);
}

/** The one choice whose stars stand before the words, whatever has become of those behind them: "***Up**". */
function startsStarred(
  text: string,
  offset: number,
  fitting: readonly number[],
  patterns: readonly (ChoicePattern | null)[],
): ChoiceText | null {
  const starred = fitting.filter((choice) => {
    const { stars } = patterns[choice]!;
    return stars !== '' && text.slice(Math.max(0, offset - stars.length), offset) === stars;
  });
  const [choice] = starred;
  const end = choice === undefined ? null : endOf(patterns[choice]!.words, text, offset);
  return starred.length === 1 && end !== null ? { choices: starred, end } : null;
}

/** True when a word goes on at `offset`. */
function isInsideWord(text: string, offset: number): boolean {
  if (endOf(WORD, text, offset) === null) return false;
  return !UNSPACED.test(text.charAt(offset)) && !UNSPACED.test(text.charAt(offset - 1));
}

function endOf(sticky: RegExp, text: string, offset: number): number | null {
  sticky.lastIndex = offset;
  return offset >= 0 && sticky.test(text) ? sticky.lastIndex : null;
}

function patternsFor(choices: readonly string[]): readonly (ChoicePattern | null)[] {
  let known = patternsOf.get(choices);
  if (!known) {
    known = choices.map(patternOf);
    patternsOf.set(choices, known);
  }
  return known;
}

function patternOf(choice: string): ChoicePattern | null {
  const written = fold(choice).trim();
  if (written === '') return null;
  const unmarked = written.replace(MARKS, '') || written;
  const words = unmarked.replace(ARTICLE, '');
  const lead = written.indexOf(unmarked);
  return {
    words: new RegExp(`(?:(?:the|an?)\\s+)?${source(words)}`, 'iuy'),
    cased: new RegExp(source(unmarked), 'uy'),
    written: new RegExp(source(written), 'uy'),
    lead,
    stars: /^[*_]+$/.exec(written.slice(0, lead))?.[0] ?? '',
  };
}

/** The text as a pattern in which white space (escaped or not; none in "5hours"), typographic quotes and dashes may differ. */
function source(text: string): string {
  return text
    .replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    .replace(/\s+/g, '(?:\\s|\\\\[nrt])+')
    .replace(/(?<=\d)(?=\p{L}{2})/gu, '\\s?')
    .replace(/['‘’`]/g, "['‘’`]")
    .replace(/["“”]/g, '["“”]')
    .replace(/[-‐‑–—−]/g, '[-‐‑–—−]');
}
