import { parse, tokenize } from '@huggingface/jinja';
import type { Span } from '../span.ts';
import { type RenderBounds, renderBounded, type Variables } from './bounded.ts';
import type { PromptFile } from './types.ts';

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
/** As Prompty 1 shows images. Bounded in its parts: many beginnings would otherwise take the square of their length. */
const IMAGE_LINE = '!\\[[^\\]\\n]{0,200}\\]\\((\\{\\{[^}\\n]{0,200}\\}\\}[^)\\n]{0,200})\\)';
/** The template engine takes the square of their length. */
export const MOST_WHITE_SPACE = 2000;

type Program = ReturnType<typeof parse>;

const compiled = new Map<string, Program>();
/** Prompts in use at a time are few; an editor that types in one makes many. */
const MOST_COMPILED = 64;

/** As the template engine is meant to read a prompt: a tag alone on a line leaves no empty line behind. */
export const TOKENS = { lstrip_blocks: true, trim_blocks: true } as const;

/** A template, and which of the names in it are images by their declaration. */
export type Template = Pick<PromptFile, 'template' | 'imageInputs'>;

/** Renders a template with the variables. Throws what the template engine throws, and when it takes too long. */
export function renderTemplate(template: Template, variables: Variables, bounds?: RenderBounds): Piece[] {
  const rendered = renderBounded(compile(template), variables, bounds);
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

/** Where the template shows the record's image. */
export function imagesShown({ template, imageInputs }: Template): Span[] {
  return Array.from(template.matchAll(imagePattern(imageInputs)), ({ 0: line, index }) => ({
    start: index,
    end: index + line.length,
  }));
}

/** More white space than the template engine can read in time; null when there is none. */
export function longGap(template: string): Span | null {
  const gap = Array.from(template.matchAll(/\s+/g)).find(([space]) => space.length > MOST_WHITE_SPACE);
  return gap ? { start: gap.index, end: gap.index + gap[0].length } : null;
}

/** What the template engine says, as a sentence. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // Out of tokens, the template engine reads the type of one that is not there.
  if (/^Cannot read properties of undefined/.test(text)) return 'a tag ends before it is complete.';
  if (/^Maximum call stack/.test(text))
    return 'it is nested too deeply, or a macro calls itself without end.';
  if (text === 'Invalid string length') return 'it makes too long a text.';
  const line = text.replace(/^\w*\s?Error:\s*/, '').split('\n')[0] as string;
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

function compile({ template, imageInputs }: Template): Program {
  const key = `${imageInputs.join()}\n${template}`;
  const known = compiled.get(key);
  if (known) return known;
  const marked = template
    .replaceAll('\r\n', '\n')
    .replace(ROLE_LINE, (_line, role: string) => `${MARK}${role.toLowerCase()}${MARK_END}`)
    .replace(
      imagePattern(imageInputs),
      (tag, path: string | undefined) => `${MARK}image ${path ?? tag}${MARK_END}`,
    );
  const fresh = parse(tokenize(marked, TOKENS));
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(key, fresh);
  return fresh;
}

/** As Prompty 1 shows images, by links, and as Prompty 2 does: by the names that are declared as images. */
function imagePattern(imageInputs: readonly string[]): RegExp {
  const names = imageInputs.filter((name) => /^[A-Za-z_]\w*$/.test(name));
  const tags = names.length === 0 ? '' : `|\\{\\{-?[ \\t]*(?:${names.join('|')})[ \\t]*-?\\}\\}`;
  return new RegExp(IMAGE_LINE + tags, 'g');
}
