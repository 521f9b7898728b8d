import { type Node, type ParseError, parseTree } from 'jsonc-parser';
import type { Span } from '../../span.ts';
import type { Passage } from '../name.ts';
import type { Candidate } from '../types.ts';
import type { Method } from './method.ts';
import { readPlain } from './plain.ts';

const ANSWER_KEY =
  /^(?:(?:final|correct|predicted|best)[ _-]?)?(?:answer|ans|choice|option|conclusion|prediction)(?:[ _-]?(?:index|letter|number))?$/i;

/** Deeper nesting is no answer, and would exhaust the parser's stack. */
const DEEPEST = 64;

export const json: Method = {
  id: 'json',
  confidence: 1,
  what: 'The answer field of a JSON object, bare, fenced or between prose. The object must be valid JSON; the field may hold a letter, a number, the words of a choice or a sentence that names one.',
  example: '```json\n{"answer": "B", "solution": "Like poles repel."}\n```',
  read(passage) {
    const answers = objectsIn(passage.text, passage.span).flatMap(answersOf);
    return answers.length === 0 ? null : answers.flatMap((answer) => readValue(answer, passage));
  },
};

interface Answer {
  readonly value: string;
  readonly span: Span;
}

/** The value is read on its own, unescaped; its span is that of the whole value in the output. */
function readValue(answer: Answer, passage: Passage): Candidate[] {
  const value: Passage = { ...passage, text: answer.value, span: { start: 0, end: answer.value.length } };
  return readPlain(value).map((candidate) => ({ ...candidate, method: 'json', span: answer.span }));
}

function answersOf(object: { node: Node; offset: number }): Answer[] {
  return (object.node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    if (!key || !value || !ANSWER_KEY.test(key.value)) return [];
    const plain = value.type === 'string' || value.type === 'number' || value.type === 'boolean';
    const start = object.offset + value.offset;
    return [{ value: plain ? String(value.value) : '', span: { start, end: start + value.length } }];
  });
}

/** The JSON objects of a text that parse strictly, outermost only. */
function objectsIn(text: string, within: Span): { node: Node; offset: number }[] {
  const found: { node: Node; offset: number }[] = [];
  for (let offset = text.indexOf('{', within.start); offset >= 0 && offset < within.end; ) {
    const end = closingBrace(text, offset, within.end);
    if (end === null) break;
    const node = strictObject(text.slice(offset, end));
    if (node) found.push({ node, offset });
    offset = text.indexOf('{', end);
  }
  return found;
}

function strictObject(text: string): Node | null {
  // Without a key there is no answer, and text full of empty braces is cheap.
  if (!text.includes(':')) return null;
  const errors: ParseError[] = [];
  const node = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  return errors.length === 0 && node?.type === 'object' ? node : null;
}

/** The offset behind the brace that closes the one at `offset`; brackets in strings do not count. */
function closingBrace(text: string, offset: number, end: number): number | null {
  let depth = 0;
  let inString = false;
  for (let i = offset; i < end && depth <= DEEPEST; i++) {
    const c = text[i];
    if (c === '\\' && inString) i++;
    else if (c === '"') inString = !inString;
    else if (inString) continue;
    else if (c === '{' || c === '[') depth++;
    else if ((c === '}' || c === ']') && --depth === 0) return i + 1;
  }
  return null;
}
