import type { Span } from '../span.ts';
import { scanTags, type TemplateTag } from './tags.ts';
import type { PromptEdit, PromptFile } from './types.ts';

const ROLE_LINE = /^[ \t]*(system|user|assistant):[ \t]*$/gim;
/** A string of a tag, or white space between two words of a line. */
const STRING_OR_SPACE = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|(?<=\S)[ \t]+(?=\S)/g;

/**
 * The edits that format a template without changing what it makes of any record: one space inside each tag's
 * brackets and between its words, and role lines in small letters at the margin. Text is never touched, nor are
 * line ends within tags, since how a tag is broken decides whether it shows an image.
 */
export function formatEdits({ template, bodyStart, problems }: PromptFile): PromptEdit[] {
  if (problems.some(({ code }) => code === 'invalid-template')) return [];
  const tags = scanTags(template).filter(({ type }) => type !== 'comment');
  const edits = tags.flatMap((tag) => edit(template, tag.span, formatted(template, tag)));
  const roles = Array.from(template.matchAll(ROLE_LINE)).flatMap(({ 0: line, 1: role = '', index }) => {
    const place = { start: index, end: index + line.length };
    const isInTag = tags.some(({ span }) => span.start < place.end && place.start < span.end);
    return isInTag ? [] : edit(template, place, `${role.toLowerCase()}:`);
  });
  return [...edits, ...roles].map(({ span, newText }) => ({
    span: { start: span.start + bodyStart, end: span.end + bodyStart },
    newText,
  }));
}

function formatted(template: string, { span, type }: TemplateTag): string {
  const text = template.slice(span.start, span.end);
  const close = type === 'statement' ? '%}' : '}}';
  const opening = text.slice(0, text[2] === '-' ? 3 : 2);
  const closing = text.endsWith(`-${close}`) ? `-${close}` : close;
  const inner = text.slice(opening.length, text.length - closing.length);
  const before = /^\s/.test(inner) ? '' : ' ';
  const after = /\s$/.test(inner) ? '' : ' ';
  const spaced = opening + before + inner + after + closing;
  return spaced.replace(STRING_OR_SPACE, (piece) => (/^["']/.test(piece) ? piece : ' '));
}

function edit(template: string, span: Span, newText: string): PromptEdit[] {
  return template.slice(span.start, span.end) === newText ? [] : [{ span, newText }];
}
