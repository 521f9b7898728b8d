/** Finding the text of a choice in an output: white space, quotes, dashes, case and a leading article may differ. */
import { Recent } from '../recent.ts';
import { fold } from './fold.ts';

/** Where a choice's text stands, and every choice that fits it equally well (more than one when two choices read alike). */
export interface ChoiceText {
  readonly choices: readonly number[];
  readonly end: number;
}

/** A choice's text as patterns, each made when it is first asked for: most are never. */
class ChoicePattern {
  /** The choice as it is written. */
  private readonly whole: string;
  /** Without marks at either end. */
  private readonly unmarked: string;
  private readonly withoutArticle: string;
  private words: RegExp | null = null;
  private cased: RegExp | null = null;
  private written: RegExp | null = null;
  /** The letters or digits that the words begin with, in lower case; empty when they may be written otherwise. */
  private readonly beginning: string;
  /** How many characters the choice has before the words. */
  readonly lead: number;
  /** These, where they are Markdown's, which a quotation does not bring along. */
  readonly stars: string;

  constructor(written: string) {
    this.whole = written;
    this.unmarked = written.replace(MARKS, '') || written;
    this.withoutArticle = this.unmarked.replace(ARTICLE, '');
    this.lead = written.indexOf(this.unmarked);
    this.stars = /^[*_]+$/.exec(written.slice(0, this.lead))?.[0] ?? '';
    this.beginning = /^(?:[a-z]+|\d+)/i.exec(this.withoutArticle)?.[0].toLowerCase() ?? '';
  }

  /** Where the words that begin at `offset` end, without marks and with or without an article; case does not matter. */
  wordsEnd(text: string, offset: number): number | null {
    if (!this.mayBeginAt(text, offset)) return null;
    const plain = this.withoutArticle;
    // Character by character first: a pattern costs more to make than most texts to compare.
    const there = text.slice(offset, offset + plain.length);
    if (/^[ -~]*$/.test(there) && there.toLowerCase() === plain.toLowerCase()) return offset + plain.length;
    this.words ??= new RegExp(`(?:(?:the|an?)\\s+)?${source(plain)}`, 'iuy');
    return endOf(this.words, text, offset);
  }

  /** The same in the choice's own case. */
  casedEnd(text: string, offset: number): number | null {
    if (text.startsWith(this.unmarked, offset)) return offset + this.unmarked.length;
    this.cased ??= new RegExp(source(this.unmarked), 'uy');
    return endOf(this.cased, text, offset);
  }

  /** The same of the choice as it is written, marks included, whose words begin at `offset`; only white space may differ. */
  writtenEnd(text: string, offset: number): number | null {
    const start = offset - this.lead;
    if (start >= 0 && text.startsWith(this.whole, start)) return start + this.whole.length;
    this.written ??= new RegExp(source(this.whole), 'uy');
    return endOf(this.written, text, start);
  }

  /** False where the words surely do not begin: to tell costs less than to make the pattern. */
  private mayBeginAt(text: string, offset: number): boolean {
    const { beginning } = this;
    if (beginning === '' || begins(text, offset, beginning)) return true;
    LEADING_ARTICLE.lastIndex = offset;
    return LEADING_ARTICLE.test(text) && begins(text, LEADING_ARTICLE.lastIndex, beginning);
  }
}

const LEADING_ARTICLE = /(?:the|an?)\s+/iy;

/** Letters of other scripts that count as those of ours when case does not matter are left to the pattern. */
function begins(text: string, offset: number, beginning: string): boolean {
  const there = text.slice(offset, offset + beginning.length);
  return there.toLowerCase() === beginning || /[\u017F\u212A]/.test(there);
}

const MARKS = /^[\s"'“”‘’`*_.,;:!?]+|[\s"'“”‘’`*_.,;:!?]+$/g;
const ARTICLE = /^(?:the|an?)\s+(?=\S)/i;
/** A word goes on. Not part of the patterns: made anew for every choice, it would cost more than all else. */
const WORD = /[\p{L}\p{N}]/uy;
/** Scripts that put no space between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u;

/** Records whose patterns are at hand: one is judged after the other. */
const MOST_AT_HAND = 8;

const patternsOf = new Recent<readonly string[], readonly (ChoicePattern | null)[]>(MOST_AT_HAND);

/** The choice text that begins at `offset`, the longest when one is the beginning of another; null when there is none. */
export function choiceTextAt(text: string, offset: number, choices: readonly string[]): ChoiceText | null {
  const patterns = patternsFor(choices);
  let end = -1;
  let fitting: number[] = [];
  patterns.forEach((pattern, choice) => {
    const wordsEnd = pattern?.wordsEnd(text, offset) ?? null;
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
    const pattern = patterns[choice]!;
    const writtenEnd = pattern.writtenEnd(text, offset);
    const end = writtenEnd ?? pattern.casedEnd(text, offset);
    if (end === null) continue;
    const length = writtenEnd === null ? 0 : writtenEnd - offset + pattern.lead;
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
  const end = choice === undefined ? null : patterns[choice]!.wordsEnd(text, offset);
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
  return written === '' ? null : new ChoicePattern(written);
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
