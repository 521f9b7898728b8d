import { Template } from '@huggingface/jinja';
import type { Span } from '../span.ts';
import { quote } from '../text.ts';

/**
 * A prompt's template, compiled. Role lines and image lines are found in the template, never in what it
 * renders to, so that a question which says `system:` on a line of its own stays a question.
 */
export type Piece =
  | { readonly type: 'role'; readonly role: 'system' | 'user' | 'assistant' }
  | { readonly type: 'image' }
  | { readonly type: 'text'; readonly text: string };

// Unicode noncharacters: reserved for internal use, so they stand in no dataset.
const MARK = '\uFDD0';
const MARK_END = '\uFDD1';
const MARKED = new RegExp(`${MARK}(?:(system|user|assistant)|image [^${MARK_END}]*)${MARK_END}`, 'g');
const ROLE_LINE = /^[ \t]*(system|user|assistant):[ \t]*$/gim;
const IMAGE_LINE = /!\[[^\]\n]*\]\((\{\{[^}\n]*\}\}[^)\n]*)\)/g;
const TAG = /\{\{[\s\S]*?\}\}|\{%-?\s*(\w+)[\s\S]*?%\}/g;

const compiled = new Map<string, Template>();
/** Prompts in use at a time are few; an editor that types in one makes many. */
const MOST_COMPILED = 64;

/** What a template may ask for, by name. */
export type Variables = Readonly<Record<string, unknown>>;

/** Renders a template with the variables. Throws what the template engine throws. */
export function renderTemplate(template: string, variables: Variables): Piece[] {
  const rendered = compile(template).render(variables);
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of rendered.matchAll(MARKED)) {
    pieces.push({ type: 'text', text: rendered.slice(end, match.index) });
    const role = match[1] as 'system' | 'user' | 'assistant' | undefined;
    pieces.push(role ? { type: 'role', role } : { type: 'image' });
    end = match.index + match[0].length;
  }
  pieces.push({ type: 'text', text: rendered.slice(end) });
  return pieces;
}

/** What keeps a template from being rendered, in one sentence, and where. */
export interface TemplateFault {
  readonly message: string;
  readonly span: Span;
}

/** Tries the template on each set of variables; null when it can be rendered with all of them. */
export function templateFault(template: string, samples: readonly Variables[]): TemplateFault | null {
  try {
    for (const variables of samples) renderTemplate(template, variables);
    return null;
  } catch (error) {
    return (
      unbalancedTag(template) ?? {
        message: `The template cannot be rendered: ${reasonOf(error)}`,
        span: tagThatFails(template, samples, reasonOf(error)) ?? firstLine(template),
      }
    );
  }
}

/** What the template engine says, as a sentence. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.replace(/^\w*\s?Error:\s*/, '').split('\n')[0] as string;
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

function compile(template: string): Template {
  const known = compiled.get(template);
  if (known) return known;
  const marked = template
    .replaceAll('\r\n', '\n')
    .replace(ROLE_LINE, (_line, role: string) => `${MARK}${role.toLowerCase()}${MARK_END}`)
    .replace(IMAGE_LINE, (_line, path: string) => `${MARK}image ${path}${MARK_END}`);
  const fresh = new Template(marked);
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(template, fresh);
  return fresh;
}

const CLOSERS: Readonly<Record<string, string>> = {
  if: 'endif',
  for: 'endfor',
  macro: 'endmacro',
  call: 'endcall',
  filter: 'endfilter',
};

/** A block that is not closed, or closed twice. */
function unbalancedTag(template: string): TemplateFault | null {
  const open: { readonly closer: string; readonly span: Span }[] = [];
  let end = 0;
  for (const match of template.matchAll(TAG)) {
    const unclosed = unclosedBrace(template, end, match.index);
    if (unclosed) return unclosed;
    const [tag, keyword = ''] = match;
    end = match.index + tag.length;
    const span = { start: match.index, end };
    const closer = CLOSERS[keyword];
    if (closer) open.push({ closer, span });
    else if (Object.values(CLOSERS).includes(keyword) && open.pop()?.closer !== keyword) {
      return { message: `${quote(tag)} does not close the block it stands in.`, span };
    }
  }
  const last = open.at(-1);
  if (!last) return unclosedBrace(template, end, template.length);
  const tag = quote(template.slice(last.span.start, last.span.end));
  return { message: `${tag} is never closed: "{% ${last.closer} %}" is missing.`, span: last.span };
}

function unclosedBrace(template: string, from: number, until: number): TemplateFault | null {
  const offset = template.slice(from, until).search(/\{[{%]/);
  if (offset === -1) return null;
  const start = from + offset;
  const brace = template.slice(start, start + 2);
  const closing = brace === '{{' ? '}}' : '%}';
  return { message: `"${brace}" is never closed: "${closing}" is missing.`, span: { start, end: start + 2 } };
}

/** The engine tells no offsets: the faulty tag is the first that fails by itself in the same way. */
function tagThatFails(template: string, samples: readonly Variables[], reason: string): Span | null {
  for (const { 0: tag, 1: keyword = '', index } of template.matchAll(TAG)) {
    const closer = CLOSERS[keyword];
    const alone = closer ? `${tag}{% ${closer} %}` : tag;
    if (samples.some((variables) => failure(alone, variables) === reason)) {
      return { start: index, end: index + tag.length };
    }
  }
  return null;
}

function failure(template: string, variables: Variables): string | null {
  try {
    new Template(template).render(variables);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

function firstLine(template: string): Span {
  const start = Math.max(0, template.search(/\S/));
  const [line = ''] = /.*/y.exec(template.slice(start)) ?? [];
  return { start, end: start + Math.max(1, line.length) };
}
