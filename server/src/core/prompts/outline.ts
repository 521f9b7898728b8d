import type { Span } from '../span.ts';
import { shorten } from '../text.ts';
import { scanTags, type TemplateTag } from './tags.ts';
import type { PromptFile } from './types.ts';

/** A part of a prompt file, as an outline shows it. Spans lie in the file. */
export interface Part {
  readonly name: string;
  readonly kind: 'front-matter' | 'key' | 'role' | 'block';
  readonly span: Span;
  /** Of its name. */
  readonly nameSpan: Span;
  readonly parts: readonly Part[];
}

const ROLE = /^[ \t]*(system|user|assistant):[ \t]*$/gim;
const TOP_KEY = /^([\w-]+):/gm;
const OPENS = ['if', 'for', 'macro', 'call', 'filter', 'set'];

/** The parts of a prompt file: its front matter by keys, then what each role says by blocks. */
export function outline(text: string, { matter, template, bodyStart }: PromptFile): Part[] {
  const front = matter ? [frontMatter(text, matter)] : [];
  const blocks = blocksOf(template, bodyStart);
  const roles = Array.from(template.matchAll(ROLE), (match) => {
    const start = bodyStart + match.index + match[0].search(/\S/);
    const name = match[0].trim();
    return { name, start, nameSpan: { start, end: start + name.length } };
  });
  const [first] = roles;
  const before = blocks.filter(({ span }) => !first || span.start < first.start);
  const sections = roles.map(({ name, start, nameSpan }, index): Part => {
    const end = roles[index + 1]?.start ?? bodyStart + template.length;
    const span = { start, end: start + text.slice(start, end).trimEnd().length };
    const parts = blocks.filter((block) => block.span.start > start && block.span.start < end);
    return { name, kind: 'role', span, nameSpan, parts: parts.map((block) => within(block, span)) };
  });
  return [...front, ...before, ...sections];
}

function frontMatter(text: string, { start, end }: Span): Part {
  const keys = Array.from(text.slice(start, end).matchAll(TOP_KEY), ({ 1: name = '', index }) => ({
    name,
    at: start + index,
  }));
  const parts = keys.map(({ name, at }, index): Part => {
    const next = keys[index + 1]?.at ?? end;
    const span = { start: at, end: at + text.slice(at, next).trimEnd().length };
    return { name, kind: 'key', span, nameSpan: { start: at, end: at + name.length }, parts: [] };
  });
  const span = { start: 0, end: Math.max(end, 1) };
  return {
    name: 'front matter',
    kind: 'front-matter',
    span,
    nameSpan: { start: 0, end: Math.min(3, end) },
    parts,
  };
}

/** The blocks that stand in no other, with those within them. */
function blocksOf(template: string, bodyStart: number): Part[] {
  const top: Part[] = [];
  const open: { readonly tag: TemplateTag; readonly keyword: string; readonly parts: Part[] }[] = [];
  const statements = scanTags(template).filter(({ type, isClosed }) => type === 'statement' && isClosed);
  for (const tag of statements) {
    const keyword = tag.words[0]?.text ?? '';
    const source = template.slice(tag.span.start, tag.span.end);
    if (OPENS.includes(keyword) && !(keyword === 'set' && source.includes('='))) {
      open.push({ tag, keyword, parts: [] });
      continue;
    }
    const opened = keyword === `end${open.at(-1)?.keyword}` ? open.pop() : undefined;
    const start = (opened?.tag ?? tag).span.start;
    const head = template.slice(start, (opened?.tag ?? tag).span.end);
    if (!opened && !['set', 'include'].includes(keyword)) continue;
    const part: Part = {
      name: shorten(head.replace(/^\{%[-+]?\s*|\s*-?%\}$/g, '')),
      kind: 'block',
      span: { start: bodyStart + start, end: bodyStart + tag.span.end },
      nameSpan: { start: bodyStart + start, end: bodyStart + start + head.length },
      parts: opened?.parts ?? [],
    };
    (open.at(-1)?.parts ?? top).push(part);
  }
  return top;
}

/** A block may reach beyond the role that it begins in; in the outline it ends there. */
function within(part: Part, { end }: Span): Part {
  const cut = (span: Span) => ({ start: span.start, end: Math.min(span.end, end) });
  return { ...part, span: cut(part.span), nameSpan: cut(part.nameSpan) };
}
