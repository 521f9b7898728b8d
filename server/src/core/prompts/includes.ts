/**
 * Partial templates. The template engine knows no `include`, so a partial's text is put in the place of its tag
 * before the engine reads the template, white space around the tag handled as Jinja does. Other than in Jinja, what
 * a partial sets is set behind it too.
 */
import type { Span } from '../span.ts';
import { quote } from '../text.ts';

/** A partial, found. */
export interface Partial {
  /** What tells it from others: its absolute path. */
  readonly id: string;
  readonly text: string;
}

/**
 * Finds a partial. @param path as the template writes it @param from id of the file that includes it
 * @throws Error with one sentence, when there is none that may be read
 */
export type FindPartial = (path: string, from: string) => Partial;

/** An include of the file itself. */
export interface Include {
  /** Of the tag, and of the path in it, in the file as it is written. */
  readonly span: Span;
  readonly pathSpan: Span;
  readonly path: string;
  /** Null when there is none. */
  readonly id: string | null;
}

/** A prompt file with its partials in it. */
export interface Expansion {
  readonly text: string;
  /** As it is written, with comments of the same length in place of the includes. */
  readonly masked: string;
  readonly includes: readonly Include[];
  /** Every file that is included, by whatever way. */
  readonly ids: ReadonlySet<string>;
  /** Where a span of the expanded text stands in the file; what stands in a partial stands in its tag. */
  written(span: Span): { readonly span: Span; readonly isOwn: boolean };
}

const INCLUDE = /\{%(-?)\s*include\s+(?:"([^"\n]*)"|'([^'\n]*)')\s*(-?)%\}/g;
/** A tag that only looks like one within a comment. */
const COMMENT = /\{#[\s\S]*?#\}/g;
/** Partials within partials, and characters of all of them: more are a mistake. */
const DEEPEST = 16;
const MOST_CHARACTERS = 400_000;

/** A piece of the expanded text. */
interface Segment {
  /** In the expanded text. */
  readonly start: number;
  readonly end: number;
  /** In the file: of the piece itself, or of the tag that it came from. */
  readonly written: Span;
  readonly isOwn: boolean;
}

/** Puts the partials into a prompt file. @param id of the file */
export function expandIncludes(text: string, id: string, find: FindPartial): Expansion {
  const ids = new Set<string>();
  const found = includesOf(text);
  if (found.length === 0) return unchanged(text);
  const segments: Segment[] = [];
  const includes: Include[] = [];
  const budget = { left: MOST_CHARACTERS };
  let expanded = '';
  let at = 0;
  const own = (end: number) => {
    segments.push({
      ...{ start: expanded.length, end: expanded.length + end - at },
      ...{ written: { start: at, end }, isOwn: true },
    });
    expanded += text.slice(at, end);
  };
  for (const tag of found) {
    own(tag.lineStart);
    const { text: partial, id: target } = contentOf(tag, [id], find, ids, budget);
    const { span, pathSpan, path } = tag;
    includes.push({ span, pathSpan, path, id: target });
    segments.push({
      ...{ start: expanded.length, end: expanded.length + partial.length },
      ...{ written: span, isOwn: false },
    });
    expanded += partial;
    at = tag.lineEnd;
  }
  own(text.length);
  return {
    ...{ text: expanded, masked: masked(text, found), includes, ids },
    written: (span) => writtenSpan(segments, span),
  };
}

function unchanged(text: string): Expansion {
  return {
    ...{ text, masked: text, includes: [], ids: new Set<string>() },
    written: (span) => ({ span, isOwn: true }),
  };
}

interface IncludeTag {
  readonly span: Span;
  readonly pathSpan: Span;
  readonly path: string;
  readonly trimsBefore: boolean;
  readonly trimsAfter: boolean;
  /** Where what its line loses with it begins and ends: its margin, and the line's end. */
  readonly lineStart: number;
  readonly lineEnd: number;
}

function includesOf(text: string): IncludeTag[] {
  if (!/\binclude\b/.test(text)) return [];
  const comments = Array.from(text.matchAll(COMMENT), ({ 0: comment, index }) => ({
    start: index,
    end: index + comment.length,
  }));
  return Array.from(text.matchAll(INCLUDE), (match): IncludeTag => {
    const [tag, before, double, single, after] = match;
    const span = { start: match.index, end: match.index + tag.length };
    const path = double ?? single ?? '';
    const pathStart = span.start + tag.search(/["']/) + 1;
    const margin = /(?:^|\n)([ \t]*)$/.exec(text.slice(0, span.start))?.[1] ?? '';
    const [lineEnd = ''] = /^\r?\n/.exec(text.slice(span.end)) ?? [];
    return {
      ...{ span, path, pathSpan: { start: pathStart, end: pathStart + path.length } },
      ...{ trimsBefore: before === '-', trimsAfter: after === '-' },
      ...{ lineStart: span.start - margin.length, lineEnd: span.end + lineEnd.length },
    };
  }).filter(({ span }) => !comments.some(({ start, end }) => start < span.start && span.start < end));
}

/** What stands in the place of an include, and the id of the partial. @param around ids of the files around it */
function contentOf(
  tag: IncludeTag,
  around: readonly string[],
  find: FindPartial,
  ids: Set<string>,
  budget: { left: number },
): { readonly text: string; readonly id: string | null } {
  const { path, trimsBefore, trimsAfter } = tag;
  let id: string | null = null;
  try {
    const partial = find(path, around.at(-1) as string);
    id = partial.id;
    ids.add(id);
    if (around.includes(id)) throw new Error(`${quote(path)} includes itself.`);
    if (around.length > DEEPEST) throw new Error(`${quote(path)} is included too deeply.`);
    budget.left -= partial.text.length;
    if (budget.left < 0)
      throw new Error(`What is included has more than ${MOST_CHARACTERS.toLocaleString('en')} characters.`);
    // Jinja takes the last line end of a template for the file's.
    const text = insides(partial.text.replace(/\r?\n$/, ''), [...around, id], find, ids, budget);
    return { text: (trimsBefore ? '{{- "" }}' : '') + text + (trimsAfter ? '{{ "" -}}' : ''), id };
  } catch (error) {
    // Whoever renders it is told why it cannot be.
    return { text: `{{ raise_exception(${JSON.stringify((error as Error).message)}) }}`, id };
  }
}

function insides(
  text: string,
  around: readonly string[],
  find: FindPartial,
  ids: Set<string>,
  budget: { left: number },
): string {
  let expanded = '';
  let at = 0;
  for (const tag of includesOf(text)) {
    expanded += text.slice(at, tag.lineStart) + contentOf(tag, around, find, ids, budget).text;
    at = tag.lineEnd;
  }
  return expanded + text.slice(at);
}

function masked(text: string, tags: readonly IncludeTag[]): string {
  return tags.reduce((now, { span: { start, end } }) => {
    return `${now.slice(0, start)}{#${' '.repeat(end - start - 4)}#}${now.slice(end)}`;
  }, text);
}

function writtenSpan(segments: readonly Segment[], { start, end }: Span) {
  const first = segments.find((segment) => start < segment.end) ?? segments.at(-1);
  const last = segments.find((segment) => end <= segment.end) ?? segments.at(-1);
  if (!first || !last) return { span: { start, end }, isOwn: true };
  const from = first.isOwn ? first.written.start + start - first.start : first.written.start;
  const to = last.isOwn ? last.written.start + end - last.start : last.written.end;
  return { span: { start: from, end: Math.max(from, to) }, isOwn: first.isOwn && last.isOwn };
}
