import { RECORD_FIELDS } from './layout.ts';
import { afterLineEnd, isLineEnd } from './lines.ts';
import type { DatasetLayout } from './types.ts';

/**
 * Cuts a dataset's text into chunks, one record each, without reading the records.
 *
 * A cut depends on the text from its start on and on its entry, on nothing before: so a document that was
 * edited is cut again from the edited chunk until a cut falls where one fell before. Brackets decide where a
 * record ends. When they do not balance, three signs that valid datasets do not show find the next record:
 * a record's own field (`"choices": […]`) after its end, a line that begins a record at the indentation of
 * this one, and a file that ends with the brace that was to close this record.
 */
export type ChunkKind = 'head' | 'record' | 'gap' | 'tail';

/** What stands before a chunk: it decides how the chunk is read and whether a comma is missing or too many. */
export type Entry = 'start' | 'opening' | 'comma' | 'no-comma' | 'broken' | 'line' | 'end';

/** Where a chunk ends and what is in it. Offsets count from its start. */
export interface Cut {
  readonly kind: ChunkKind;
  readonly end: number;
  /** The record's object, from its opening brace; empty when the chunk is no record. */
  readonly valueStart: number;
  readonly valueEnd: number;
  /** False when the record's object has no closing brace. */
  readonly closed: boolean;
  /** What the next chunk finds before it. */
  readonly next: Entry;
  /** End of the text this cut depends on, past `end` where the cut looked ahead; past the text when its end matters. */
  readonly examined: number;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;

export class Scanner {
  private readonly text: string;
  private readonly layout: DatasetLayout;
  private readonly lineFeeds: Occurrences;
  private readonly opens: Occurrences;
  private readonly closes: Occurrences;
  /** Of the cut being made. */
  private start = 0;
  private examined = 0;

  constructor(text: string, layout: DatasetLayout) {
    this.text = text;
    this.layout = layout;
    this.lineFeeds = new Occurrences(text, '\n');
    this.opens = new Occurrences(text, '{');
    this.closes = new Occurrences(text, '}');
  }

  /** The chunk that starts at `start`. */
  cut(start: number, entry: Entry): Cut {
    this.start = start;
    this.examined = start;
    if (this.layout === 'unknown') return this.noRecord('gap', this.text.length, 'end');
    if (this.layout === 'jsonl') return this.line(start);
    if (entry === 'start') return this.head(start);
    const first = this.skipBlank(start);
    if (first >= this.text.length || this.closesDataset(first))
      return this.noRecord('tail', this.text.length, 'end');
    const value = this.recordAt(first);
    return value === -1 ? this.gap(start, first) : this.record(start, first, value);
  }

  private head(start: number): Cut {
    const visible = this.text.slice(start).search(/\S/);
    const brace = visible === -1 ? this.text.length : start + visible;
    const bracket = this.layout === 'json-array' ? OPEN_LIST : OPEN;
    if (this.at(brace) !== bracket) return this.noRecord('head', brace, 'opening');
    return this.noRecord('head', this.afterBlankLineEnd(brace + 1), 'opening');
  }

  private line(start: number): Cut {
    const { text } = this;
    const newline = text.indexOf('\n', start);
    let end = newline === -1 ? text.length : newline;
    const lone = text.slice(start, end).indexOf('\r');
    if (lone !== -1) end = start + lone;
    this.see(end + 2);
    const next = afterLineEnd(text, end);
    const first = this.skipBlank(start);
    if (first >= end || text.charCodeAt(first) !== OPEN) return this.noRecord('gap', next, 'line');
    while (isBlank(text.charCodeAt(end - 1))) end--;
    return this.found(next, first, end, true, 'line');
  }

  private record(start: number, first: number, value: number): Cut {
    const { text } = this;
    const { length } = text;
    const lineStart = this.lineStartOf(start, first);
    const end = this.plainEnd(value);
    if (end !== -1) return this.afterValue(lineStart, first, value, end);
    let depth = 0;
    let i = value;
    while (i < length) {
      const code = text.charCodeAt(i);
      // Half of what stands between strings is indentation.
      if (code === SPACE) {
        i++;
        continue;
      }
      switch (code) {
        case QUOTE:
          i = this.endOfString(i);
          break;
        case OPEN:
        case OPEN_LIST:
          depth++;
          i++;
          break;
        case CLOSE:
        case CLOSE_LIST:
          i++;
          if (--depth > 0) break;
          if (this.isOwnField(i)) depth = 1;
          else return this.afterValue(lineStart, first, value, i);
          break;
        case LF:
          i++;
          if (this.isNextRecord(i, lineStart, first, value)) {
            return this.found(i, value, i, false, this.entryAt(i));
          }
          break;
        default:
          i++;
      }
    }
    this.see(length + 1);
    return this.found(length, value, length, false, 'broken');
  }

  /**
   * Where the object at `value` ends, found without a look at what is in it, or -1. That takes an object without
   * braces inside, even in strings, and a closing brace that is the first on its line, so that no string holds it.
   */
  private plainEnd(value: number): number {
    const open = this.opens.from(value + 1);
    const close = this.closes.from(value + 1);
    this.see(Math.min(open, close) + 1);
    if (open <= close || this.startOfIndent(close) === -1 || this.isOwnField(close + 1)) return -1;
    return close + 1;
  }

  /** The record's braces balance at `end`. */
  private afterValue(lineStart: number, first: number, value: number, end: number): Cut {
    const { text } = this;
    const next = this.skipBlank(end);
    if (next < text.length && text.charCodeAt(next) === COMMA) {
      return this.found(this.afterBlankLineEnd(next + 1), value, end, true, 'comma');
    }
    if (next >= text.length) {
      // Nothing is left to close the dataset. A brace further left than the record was meant for that.
      const brace = end - 1;
      const braceLine = this.startOfIndent(brace);
      if (braceLine !== -1 && brace - braceLine < first - lineStart) {
        return this.found(braceLine, value, braceLine, false, 'broken');
      }
    }
    return this.found(this.afterBlankLineEnd(end), value, end, true, 'no-comma');
  }

  /** Text where a record should be: up to the next record or the end of the dataset. */
  private gap(start: number, first: number): Cut {
    const { text } = this;
    const { length } = text;
    const lineStart = this.lineStartOf(start, first);
    let depth = 0;
    let i = first;
    while (i < length) {
      const code = text.charCodeAt(i);
      if (depth === 0 && i > first && (this.closesDataset(i) || this.recordAt(i) !== -1)) {
        const indent = this.startOfIndent(i);
        return this.noRecord('gap', indent === -1 ? i : indent, 'broken');
      }
      if (code === QUOTE) i = this.endOfString(i);
      else {
        i++;
        if (code === OPEN || code === OPEN_LIST) depth++;
        else if ((code === CLOSE || code === CLOSE_LIST) && depth > 0) depth--;
        else if (code === LF && depth > 0 && this.isNextRecord(i, lineStart, first, -1)) {
          return this.noRecord('gap', i, this.entryAt(i));
        }
      }
    }
    this.see(length + 1);
    return this.noRecord('gap', length, 'broken');
  }

  /** What a record that starts at `offset`, after a broken one, finds before it. */
  private entryAt(offset: number): Entry {
    let end = offset;
    while (end > this.start && isBlank(this.text.charCodeAt(end - 1))) end--;
    return this.text.charCodeAt(end - 1) === COMMA ? 'comma' : 'broken';
  }

  /** Where the object of the record that starts at `offset` opens, or -1 when no record starts there. */
  private recordAt(offset: number): number {
    if (this.layout === 'json-array') return this.at(offset) === OPEN ? offset : -1;
    const value = this.memberValue(offset);
    return value !== -1 && this.at(value) === OPEN ? value : -1;
  }

  /** Where the value of the member whose key starts at `offset` stands, or -1 when no key does. */
  private memberValue(offset: number): number {
    if (this.at(offset) !== QUOTE) return -1;
    const keyEnd = this.endOfString(offset);
    if (keyEnd - offset < 2 || this.at(keyEnd - 1) !== QUOTE) return -1;
    const colon = this.skipBlank(keyEnd);
    return this.at(colon) === COLON ? this.skipBlank(colon + 1) : -1;
  }

  /** True when a record's own field follows at `offset`, past an optional comma: the brace before it is one too many. */
  private isOwnField(offset: number): boolean {
    let key = this.skipBlank(offset);
    if (this.at(key) === COMMA) key = this.skipBlank(key + 1);
    const value = this.memberValue(key);
    if (value === -1 || this.at(value) === OPEN) return false;
    return RECORD_FIELDS.has(this.text.slice(key + 1, this.endOfString(key) - 1));
  }

  /** True when the bracket at `offset` ends the dataset: it is the right one, and no record follows. */
  private closesDataset(offset: number): boolean {
    if (this.at(offset) !== (this.layout === 'json-array' ? CLOSE_LIST : CLOSE)) return false;
    let next = this.skipBlank(offset + 1);
    if (this.at(next) === COMMA) next = this.skipBlank(next + 1);
    return this.recordAt(next) === -1;
  }

  /**
   * True when the line at `offset` begins a record, inside another whose line starts at `lineStart` and whose
   * first character is `first`: the same indentation, while that record's own lines are indented further.
   */
  private isNextRecord(offset: number, lineStart: number, first: number, value: number): boolean {
    const { text } = this;
    const indent = first - lineStart;
    for (let i = 0; i < indent; i++) {
      if (text.charCodeAt(offset + i) === text.charCodeAt(lineStart + i)) continue;
      this.see(offset + i + 1);
      return false;
    }
    const start = offset + indent;
    if (this.at(start) !== (this.layout === 'json-array' ? OPEN : QUOTE)) return false;
    if (value !== -1 && !this.isIndented(value, indent)) return false;
    if (this.recordAt(start) === -1) return false;
    return (
      this.layout === 'json-array' || !RECORD_FIELDS.has(text.slice(start + 1, this.endOfString(start) - 1))
    );
  }

  /** True when the fields of the object at `value` stand further right than `indent`. */
  private isIndented(value: number, indent: number): boolean {
    const { text } = this;
    let i = value + 1;
    while (isSpace(text.charCodeAt(i))) i++;
    if (!isLineEnd(text.charCodeAt(i))) return this.layout === 'json-object';
    while (isBlank(text.charCodeAt(i))) i++;
    return i - this.lineStartOf(value, i) > indent;
  }

  /** The offset after the string that opens at `offset`: after its closing quote, or at the end of its line. */
  private endOfString(offset: number): number {
    const { text } = this;
    const lineEnd = this.lineFeeds.from(offset + 1);
    let close = text.indexOf('"', offset + 1);
    while (close !== -1 && close < lineEnd && isEscaped(text, close)) close = text.indexOf('"', close + 1);
    const end = close !== -1 && close < lineEnd ? close + 1 : lineEnd;
    this.see(end + 1);
    return end;
  }

  /** Where the indentation of the token at `first` begins. */
  private lineStartOf(start: number, first: number): number {
    let lineStart = first;
    while (lineStart > start && this.text.charCodeAt(lineStart - 1) !== LF) lineStart--;
    return lineStart;
  }

  /** The start of the line at `offset` when nothing but white space stands before it there, else -1. */
  private startOfIndent(offset: number): number {
    let start = offset;
    while (isSpace(this.text.charCodeAt(start - 1))) start--;
    return isLineEnd(this.text.charCodeAt(start - 1)) ? start : -1;
  }

  private skipBlank(offset: number): number {
    let end = offset;
    while (isBlank(this.text.charCodeAt(end))) end++;
    this.see(end + 1);
    return end;
  }

  /** Past the line end at `offset` when at most spaces stand before it, else `offset`. */
  private afterBlankLineEnd(offset: number): number {
    let end = offset;
    while (isSpace(this.text.charCodeAt(end))) end++;
    const after = afterLineEnd(this.text, end);
    this.see(this.text.charCodeAt(end) === CR ? end + 2 : end + 1);
    return after === end ? offset : after;
  }

  private at(offset: number): number {
    this.see(offset + 1);
    return this.text.charCodeAt(offset);
  }

  private see(end: number): void {
    if (end > this.examined) this.examined = end;
  }

  private noRecord(kind: ChunkKind, end: number, next: Entry): Cut {
    if (end >= this.text.length) this.see(this.text.length + 1);
    return this.found(end, end, end, true, next, kind);
  }

  private found(
    end: number,
    valueStart: number,
    valueEnd: number,
    closed: boolean,
    next: Entry,
    kind: ChunkKind = 'record',
  ): Cut {
    const { start } = this;
    const examined = Math.max(end, this.examined) - start;
    return {
      kind,
      end: end - start,
      valueStart: valueStart - start,
      valueEnd: valueEnd - start,
      closed,
      next,
      examined,
    };
  }
}

/** Where a character stands in a text, asked for from left to right: no part of the text is searched twice. */
class Occurrences {
  private readonly text: string;
  private readonly character: string;
  /** The last answer: the character does not stand in `[start, found)`. */
  private start = 0;
  private found = -1;

  constructor(text: string, character: string) {
    this.text = text;
    this.character = character;
  }

  /** The first place at `offset` or after it, or the end of the text. */
  from(offset: number): number {
    if (offset < this.start || offset > this.found) {
      const found = this.text.indexOf(this.character, offset);
      this.start = offset;
      this.found = found === -1 ? this.text.length : found;
    }
    return this.found;
  }
}

function isEscaped(text: string, offset: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(offset - 1 - slashes) === BACKSLASH) slashes++;
  return slashes % 2 === 1;
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** White space between JSON tokens. */
function isBlank(code: number): boolean {
  return code === SPACE || code === TAB || code === LF || code === CR;
}
