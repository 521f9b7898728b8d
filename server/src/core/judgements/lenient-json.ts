/**
 * JSON as models write it, read in place: quotes of any kind, doubled or missing quotes and braces, quotes inside
 * strings, trailing and missing commas, no end. No library repairs JSON and keeps the offsets of what it repairs.
 */
import type { Span } from '../span.ts';

export type Value = Scalar | ObjectValue | List;

export interface Scalar {
  readonly kind: 'scalar';
  /** Without quotes, unescaped. */
  readonly text: string;
  /** Quotes included. */
  readonly span: Span;
}

export interface ObjectValue {
  readonly kind: 'object';
  readonly fields: readonly Field[];
  readonly span: Span;
}

export interface List {
  readonly kind: 'list';
  readonly items: readonly Value[];
  readonly span: Span;
}

export interface Field {
  readonly key: string;
  readonly value: Value;
}

/** Deeper nesting is no answer, and would exhaust the stack. */
const DEEPEST = 64;
const SPACE = /\s*/y;
const QUOTES = '"“”„«»\'‘’`';
const QUOTE = '["“”„«»\'‘’`]';
const NAME = String.raw`[\p{L}_$][\p{L}\p{N}_$ -]{0,60}?`;
/** A key in quotes, and its colon. */
const QUOTED_KEY = String.raw`"(?<strict>[^"\n]{1,80})"\s{0,8}[:：=]|${QUOTE}{1,3}\s{0,8}(?<quoted>${NAME})\s{0,8}${QUOTE}{1,3}\s{0,8}[:：=]`;
const ANY_KEY = `(?:${QUOTED_KEY.replaceAll(/\?<\w+>/g, '?:')})`;
const KEY = new RegExp(String.raw`${QUOTED_KEY}|(?<bare>${NAME})${QUOTE}{0,3}\s{0,8}[:：=]`, 'uy');
/** What is no key and not the beginning of one. */
const NO_KEY = /[\p{L}\p{N}_$ -]+|[\s\S]/uy;
/** What follows the quote that ends a value: the end of what holds it, or the next key. */
const BEHIND_VALUE = new RegExp(
  String.raw`\s*(?:[}\]]|\x60{3}|$|,\s*(?:[}\]]|(?=${ANY_KEY}))|(?=${ANY_KEY}))`,
  'uy',
);
/** What follows the quote that ends a value in a list: anything that separates. */
const BEHIND_ITEM = /\s*(?:[}\],]|`{3}|$)/y;
/** Where a string without its closing quote ends: before a line that begins with the next key or the end. */
const NEXT_LINE = new RegExp(String.raw`,?[^\S\n]*\n\s*(?:[}\]]|${ANY_KEY})`, 'uy');
/** An object, or a list of objects or strings. */
const OPENING = /\{|\[(?=\s*[{"“'‘])/g;
const BARE_END = /[,}\]\n]/g;

/** The outermost objects with at least one field, and the lists of such objects or of strings, in order. */
export function valuesIn(text: string, within: Span): (ObjectValue | List)[] {
  const bounded = text.slice(0, within.end);
  const scanner = new Scanner(bounded);
  const found: (ObjectValue | List)[] = [];
  OPENING.lastIndex = within.start;
  for (let match = OPENING.exec(bounded); match; match = OPENING.exec(bounded)) {
    const value = match[0] === '{' ? scanner.object(match.index, 0) : scanner.list(match.index, 0);
    const objects = value.kind === 'list' ? value.items.filter((item) => item.kind === 'object') : [value];
    if (value.kind === 'list' && objects.length === 0) found.push(value);
    found.push(...objects.filter((object) => object.fields.length > 0));
    OPENING.lastIndex = Math.max(match.index + 1, value.span.end);
  }
  return found;
}

/** Reads forwards only, so that its time is in proportion to the text. */
class Scanner {
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  object(start: number, depth: number): ObjectValue {
    const fields: Field[] = [];
    let at = start + 1;
    while (at < this.text.length) {
      at = this.skip(SPACE, at);
      const c = this.text[at];
      if (c === '}') return { kind: 'object', fields, span: { start, end: at + 1 } };
      KEY.lastIndex = at;
      const key = KEY.exec(this.text);
      if (key) {
        const value = this.value(this.skip(SPACE, KEY.lastIndex), depth + 1, BEHIND_VALUE);
        const { strict, quoted, bare } = key.groups!;
        fields.push({ key: (strict ?? quoted ?? bare)!, value });
        at = value.span.end;
      } else if (c === '{' && depth < DEEPEST) {
        // `{{…}}`, and an object in the place of a key: its fields are as good as this one's.
        const inner = this.object(at, depth + 1);
        fields.push(...inner.fields);
        at = inner.span.end;
      } else {
        at = Math.max(at + 1, this.skip(NO_KEY, at));
      }
    }
    return { kind: 'object', fields, span: { start, end: this.text.length } };
  }

  private value(start: number, depth: number, behind: RegExp): Value {
    const c = this.text[start] ?? '';
    if (depth < DEEPEST && c === '{') return this.object(start, depth);
    if (depth < DEEPEST && c === '[') return this.list(start, depth);
    if (c !== '' && QUOTES.includes(c)) return this.string(start, behind);
    BARE_END.lastIndex = start;
    const end = BARE_END.exec(this.text)?.index ?? this.text.length;
    return { kind: 'scalar', text: this.text.slice(start, end).trim(), span: { start, end } };
  }

  list(start: number, depth: number): List {
    const items: Value[] = [];
    let at = start + 1;
    while (at < this.text.length) {
      at = this.skip(SPACE, at);
      const c = this.text[at];
      if (c === ']') return { kind: 'list', items, span: { start, end: at + 1 } };
      // A list that is never closed ends with the object around it.
      if (c === '}') return { kind: 'list', items, span: { start, end: at } };
      if (c === ',' || c === undefined) {
        at++;
        continue;
      }
      const item = this.value(at, depth + 1, BEHIND_ITEM);
      items.push(item);
      at = Math.max(at + 1, item.span.end);
    }
    return { kind: 'list', items, span: { start, end: this.text.length } };
  }

  private string(start: number, behind: RegExp): Scalar {
    const opening = this.openingAt(start);
    for (let i = start + opening; i < this.text.length; i++) {
      const c = this.text[i]!;
      if (c === '\\') i++;
      else if (c === ',' || (c === '\n' && !/\s/.test(this.text[i - 1]!))) {
        if (this.matches(NEXT_LINE, i)) return this.scalar(start, opening, i, i);
      } else if (isClosing(c, this.text[start]!)) {
        const isDoubled = opening === 2 && isClosing(this.text[i + 1] ?? '', c);
        const end = isDoubled ? i + 2 : i + 1;
        if (this.matches(behind, end)) return this.scalar(start, opening, i, end);
      }
    }
    return this.scalar(start, opening, this.text.length, this.text.length);
  }

  /** How many quotes open the string at `start`: two when they are doubled, but not when they hold nothing. */
  private openingAt(start: number): number {
    const next = this.text[start + 1] ?? '';
    const isDoubled = isClosing(next, this.text[start]!);
    return isDoubled && !this.matches(BEHIND_VALUE, start + 2) ? 2 : 1;
  }

  private scalar(start: number, opening: number, inner: number, end: number): Scalar {
    return { kind: 'scalar', text: unescaped(this.text.slice(start + opening, inner)), span: { start, end } };
  }

  private matches(sticky: RegExp, at: number): boolean {
    sticky.lastIndex = at;
    return sticky.test(this.text);
  }

  private skip(sticky: RegExp, at: number): number {
    sticky.lastIndex = at;
    sticky.test(this.text);
    return sticky.lastIndex;
  }
}

/** A single quote does not close what a double one opened, nor the other way round. */
function isClosing(quote: string, opening: string): boolean {
  if (quote === '') return false;
  const isSingle = "'‘’`".includes(opening);
  return isSingle ? "'‘’`".includes(quote) : '"“”„«»'.includes(quote);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|([\s\S]))/gi, (_, code?: string, char?: string) =>
    code ? String.fromCharCode(Number.parseInt(code, 16)) : (ESCAPES[char!] ?? char!),
  );
}
