import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Span } from '../span.ts';
import { quote } from '../text.ts';
import { DEEPEST_LIST } from './field-spans.ts';
import type { FieldSource } from './types.ts';

/** A piece of JSON that may be broken, as far as it can be read. */
export interface TolerantTree {
  /** What the nodes' own offsets count from. */
  readonly base: number;
  /** Undefined when no value stands there, or one nested too deeply to read. */
  readonly root: Node | undefined;
  /** The root as a JavaScript value. */
  readonly value: unknown;
  /** What is wrong, first fault first; later ones mostly follow from it. */
  readonly fault: { readonly message: string; readonly span: Span } | null;
}

/** Reads the JSON value in `text.slice(span.start, span.end)`. Never throws. */
export function readTree(text: string, span: Span): TolerantTree {
  const errors: ParseError[] = [];
  try {
    const root = parseTree(text.slice(span.start, span.end), errors, { disallowComments: true });
    const [error] = errors;
    return {
      base: span.start,
      root,
      value: root && getNodeValue(root),
      fault: error ? faultOf(text, span, error) : null,
    };
  } catch (error) {
    // The parser is recursive: some ten thousand nested brackets exhaust the stack.
    if (!(error instanceof RangeError)) throw error;
    const message = 'Brackets are nested too deeply here to be read.';
    const fault = { message, span: { start: span.start, end: span.start + 1 } };
    return { base: span.start, root: undefined, value: undefined, fault };
  }
}

/** The fields of a broken object by path, as far as they can be made out: see `fieldSpans`. */
export function fieldsOf({ root, base }: TolerantTree): Map<string, FieldSource> {
  const fields = new Map<string, FieldSource>();
  if (root) addMembers(fields, '', root, base, 0);
  return fields;
}

function addMembers(
  fields: Map<string, FieldSource>,
  prefix: string,
  object: Node,
  base: number,
  lists: number,
): void {
  if (object.type !== 'object') return;
  for (const property of object.children ?? []) {
    const [key, value] = property.children ?? [];
    if (!key || !value) continue;
    const path = `${prefix}${key.value}`;
    fields.set(path, { key: spanOf(key, base), value: spanOf(value, base) });
    if (value.type !== 'array' || lists === DEEPEST_LIST) continue;
    value.children?.forEach((item, index) => {
      fields.set(`${path}[${index}]`, { value: spanOf(item, base) });
      addMembers(fields, `${path}[${index}].`, item, base, lists + 1);
    });
  }
}

/** The node's span in the text whose offset `base` its offsets count from. */
export function spanOf(node: Node, base: number): Span {
  return { start: base + node.offset, end: base + node.offset + node.length };
}

const SENTENCES: Readonly<Record<string, string>> = {
  InvalidNumberFormat: 'This is not a JSON number.',
  PropertyNameExpected: 'A field name in double quotes is expected here.',
  ValueExpected: 'A value is missing here.',
  ColonExpected: 'A colon is missing after the field name.',
  CommaExpected: 'A comma is missing here.',
  CloseBraceExpected: 'The record is not closed: a "}" is missing here.',
  CloseBracketExpected: 'The list is not closed: a "]" is missing here.',
  EndOfFileExpected: 'The record is closed before this: remove a "}" before it, or what stands here.',
  InvalidCommentToken: 'JSON has no comments: remove this one.',
  UnexpectedEndOfComment: 'JSON has no comments: remove this one.',
  UnexpectedEndOfString: 'The string is not closed on its line: a closing double quote is missing.',
  UnexpectedEndOfNumber: 'The number is not finished.',
  InvalidUnicode: 'After \\u four hexadecimal digits must stand.',
  InvalidEscapeCharacter:
    'After a backslash only one of " \\ / b f n r t u may stand; write \\\\ for a backslash.',
  InvalidCharacter: 'A control character stands in the string: write it as \\n, \\t or \\u00XX.',
};

function faultOf(text: string, within: Span, error: ParseError): { message: string; span: Span } {
  const code = printParseErrorCode(error.error);
  const span = visible(text, within, within.start + error.offset, error.length);
  const found = text.slice(span.start, span.end);
  if (code === 'InvalidSymbol') {
    return {
      message: `${quote(found, 30)} is no JSON value: strings take double quotes; true, false and null are lower case.`,
      span,
    };
  }
  const isTrailingComma = /^[}\]]/.test(found) && /,\s*$/.test(text.slice(within.start, span.start));
  if (isTrailingComma) return { message: `A comma stands before the "${found[0]}": remove it.`, span };
  return { message: SENTENCES[code] ?? 'This is not JSON.', span };
}

/** The span of at least one character, inside the text: faults at the end are shown on the last one. */
function visible(text: string, within: Span, offset: number, length: number): Span {
  let start = Math.min(offset, within.end);
  if (length > 0 && start < within.end) return { start, end: Math.min(start + length, within.end) };
  if (start >= within.end) {
    start = Math.max(within.start, within.end - 1);
    while (start > within.start && /\s/.test(text[start] as string)) start--;
  }
  return { start, end: Math.min(start + 1, within.end) };
}
