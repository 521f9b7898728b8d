import type { Span } from '../span.ts';

/** A word of a tag that may be a name: no number, no part of a string. */
export interface TagWord {
  readonly text: string;
  readonly span: Span;
}

/** A Jinja tag. Spans are offsets into the template. */
export interface TemplateTag {
  readonly type: 'statement' | 'expression' | 'comment';
  /** To the end of the template when it is not closed. */
  readonly span: Span;
  readonly isClosed: boolean;
  readonly words: readonly TagWord[];
}

const OPENING = /\{[{%#]/g;
const TYPES = { '{%': 'statement', '{{': 'expression', '{#': 'comment' } as const;
const CLOSERS = { statement: /-?%\}/y, expression: /-?\}\}/y } as const;
const PIECE = /\s+|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|\d+|[A-Za-z_]\w*|[\s\S]/y;

/**
 * The tags of a template, in order, as the template engine's lexer tells them apart; it keeps no offsets itself.
 * Linear in the length of the template. Never throws.
 */
export function scanTags(template: string): TemplateTag[] {
  const tags: TemplateTag[] = [];
  let at = 0;
  for (;;) {
    OPENING.lastIndex = at;
    const opening = OPENING.exec(template);
    if (!opening) return tags;
    const type = TYPES[opening[0] as keyof typeof TYPES];
    const tag = type === 'comment' ? comment(template, opening.index) : code(template, opening.index, type);
    tags.push(tag);
    at = tag.span.end;
  }
}

function comment(template: string, start: number): TemplateTag {
  const close = template.indexOf('#}', start + 2);
  const end = close === -1 ? template.length : close + 2;
  return { type: 'comment', span: { start, end }, isClosed: close !== -1, words: [] };
}

function code(template: string, start: number, type: 'statement' | 'expression'): TemplateTag {
  const words: TagWord[] = [];
  const closer = CLOSERS[type];
  let depth = 0;
  let at = start + 2;
  while (at < template.length) {
    closer.lastIndex = at;
    // Within an object literal, `}}` closes two of its braces.
    const closing = depth > 0 && type === 'expression' ? null : closer.exec(template);
    if (closing) return { type, span: { start, end: at + closing[0].length }, isClosed: true, words };
    PIECE.lastIndex = at;
    const [piece = ''] = PIECE.exec(template) ?? [];
    if (piece === '"' || piece === "'") break;
    if (/^[A-Za-z_]/.test(piece)) words.push({ text: piece, span: { start: at, end: at + piece.length } });
    if (piece === '{') depth++;
    else if (piece === '}') depth--;
    at += piece.length;
  }
  return { type, span: { start, end: template.length }, isClosed: false, words };
}
