import type { Span } from '../span.ts';
import { fieldSpans } from './field-spans.ts';
import type { RecordSource } from './types.ts';

/** A change to a record's chunk. */
export interface FieldEdit {
  readonly span: Span;
  readonly newText: string;
}

/**
 * Writes a field of a record over, or adds it behind the others, in the record's own hand: its indentation, its line
 * ends, its blanks. Nothing else of the text changes.
 * @param text the record's chunk
 */
export function setField(text: string, { span }: RecordSource, name: string, value: unknown): FieldEdit {
  const object = { start: openingBrace(text, span), end: span.end };
  const fields = fieldSpans(text, object);
  const own = fields.get(name);
  // Fields of lists and objects within lie before the end of the field that they belong to.
  const [last] = [...fields.values()].sort(
    (a, b) => b.value.end - a.value.end || a.value.start - b.value.start,
  );
  const key = own?.key ?? last?.key;
  const before = key ? text.slice(0, key.start) : text.slice(0, object.start + 1);
  const gap = /\s*$/.exec(before)?.[0] ?? '';
  const colon = key && (own ?? last) ? text.slice(key.end, (own ?? last)?.value.start) : ': ';
  const json = inHand(value, gap, text, object, colon);
  if (own) return { span: own.value, newText: json };
  const place = last?.value.end ?? object.start + 1;
  return { span: { start: place, end: place }, newText: `${last ? ',' : ''}${gap}"${name}"${colon}${json}` };
}

/** The record's own brace: in an object by id it stands behind the key. */
function openingBrace(text: string, { start }: Span): number {
  if (text[start] === '{') return start;
  const key = /"(?:[^"\\]|\\.)*"\s*:\s*/y;
  key.lastIndex = start;
  key.exec(text);
  return key.lastIndex;
}

/** A value as the record would write it: over lines where the record's fields have lines of their own. */
function inHand(value: unknown, gap: string, text: string, object: Span, colon: string): string {
  if (!gap.includes('\n')) {
    const blank = colon.includes(' ') ? ' ' : '';
    return compact(value, blank);
  }
  const eol = gap.includes('\r\n') ? '\r\n' : '\n';
  const indent = gap.slice(gap.lastIndexOf('\n') + 1);
  const outer = /[ \t]*$/.exec(text.slice(0, object.end - 1))?.[0] ?? '';
  const unit = indent.startsWith(outer) && indent.length > outer.length ? indent.slice(outer.length) : '  ';
  return JSON.stringify(value, null, unit).replaceAll('\n', `${eol}${indent}`);
}

/** JSON on one line, with or without blanks behind commas and colons. */
function compact(value: unknown, blank: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => compact(item, blank)).join(`,${blank}`)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${blank}${compact(member, blank)}`).join(`,${blank}`)}}`;
}
