import type { DatasetRecord } from '../records/types.ts';
import type { Span } from '../span.ts';
import { completeFrontMatter } from './complete-front-matter.ts';
import type { Completion, Completions, Offers } from './completion.ts';
import { describeVariables } from './describe.ts';
import type { KeyValue } from './front-matter-keys.ts';
import { readPromptFile } from './prompt-file.ts';
import { scanTags, type TemplateTag } from './tags.ts';
import type { PromptFile } from './types.ts';
import { FILTERS, type Filter, ROLES, STATEMENTS, TESTS } from './vocabulary.ts';

/**
 * What can be written at an offset of a `.prompty` file: variables, filters, tests and statements within a tag,
 * roles on lines of their own, keys and values of the front matter. Never throws; null where there is nothing to offer.
 *
 * @param record whose values are the examples; null when no dataset is known
 */
export function completionsAt(
  text: string,
  offset: number,
  record: DatasetRecord | null,
  offers: Offers,
): Completions | null {
  const file = readPromptFile(text, '');
  // Front matter that is not closed yet is being written.
  const isMatter = offset < file.bodyStart || (file.bodyStart === 0 && /^\uFEFF?---/.test(text));
  if (isMatter) return /\n/.test(text.slice(0, offset)) ? completeFrontMatter(text, offset, offers) : null;
  const word = wordAt(file.template, offset - file.bodyStart);
  if (!word) return null;
  const span = { start: word.span.start + file.bodyStart, end: word.span.end + file.bodyStart };
  return { span, items: itemsFor(word.names, file, record, offers) };
}

function itemsFor(
  names: Names,
  file: PromptFile,
  record: DatasetRecord | null,
  { partials }: Offers,
): Completion[] {
  switch (names) {
    case 'partial':
      return partials.map(([path, what]) => {
        return { label: path, kind: 'value', newText: path, detail: '', what };
      });
    case 'variable':
      return describeVariables(file, record)
        .filter(({ isWithheld }) => !isWithheld)
        .map(({ name, what, value }) => {
          return { label: name, kind: 'variable', newText: name, detail: value ?? '', what };
        });
    case 'filter':
      return FILTERS.map(({ name, what, takes }) => {
        return { label: name, kind: 'filter', newText: name, detail: `of ${takes.join(', ')}`, what };
      });
    case 'test':
      return keywords(TESTS);
    case 'statement':
      return keywords(STATEMENTS);
    case 'role':
      return keywords(ROLES, ':');
  }
}

function keywords(words: readonly KeyValue[], after = ''): Completion[] {
  return words.map(([word, what]) => {
    return { label: word + after, kind: 'keyword', newText: word + after, detail: '', what };
  });
}

/** What a word of the template names. */
type Names = 'variable' | 'filter' | 'test' | 'statement' | 'role' | 'partial';

/** The word, perhaps empty, at an offset of the template, and what it names; null where it may be anything. */
function wordAt(template: string, at: number): { readonly span: Span; readonly names: Names } | null {
  const tag = scanTags(template).find(({ span, isClosed }) => {
    return at >= span.start + 2 && at <= (isClosed ? span.end - 2 : span.end);
  });
  if (!tag) return roleAt(template, at);
  if (tag.type === 'comment') return null;
  const before = template.slice(tag.span.start + 2, at);
  const partial = /^[-+]?\s*include\s+["']([\w./-]*)$/.exec(before);
  if (partial) {
    const [rest = ''] = /^[\w./-]*/.exec(template.slice(at, tag.span.end)) ?? [];
    const start = at - (partial[1] ?? '').length;
    return { span: { start, end: at + rest.length }, names: 'partial' };
  }
  const [begun = ''] = /\b[A-Za-z_]\w*$/.exec(before) ?? [];
  const names = namedAfter(tag, before.slice(0, before.length - begun.length));
  if (!names) return null;
  const [rest = ''] = /^\w*/.exec(template.slice(at, tag.span.end)) ?? [];
  return { span: { start: at - begun.length, end: at + rest.length }, names };
}

/** The filter that is named at an offset of the template; null where none is. */
export function filterAt(template: string, at: number): Filter | null {
  const word = wordAt(template, at);
  if (word?.names !== 'filter') return null;
  const name = template.slice(word.span.start, word.span.end);
  return FILTERS.find((filter) => filter.name === name) ?? null;
}

/** A role stands alone on its line. */
function roleAt(template: string, at: number): { readonly span: Span; readonly names: 'role' } | null {
  const start = template.lastIndexOf('\n', at - 1) + 1;
  const [line = ''] = /.*/y.exec(template.slice(start)) ?? [];
  const end = start + line.trimEnd().length;
  if (at > end || !/^[a-z]*:?\r?$/i.test(line)) return null;
  return { span: { start, end }, names: 'role' };
}

const STRING = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/g;
/** Where something else is named: an attribute, a number. */
const OTHER_NAME = /[.\w]\s*$(?<!\b(?:and|or|not|in|if|elif|else|recursive)\s*)/;
/** Where a statement is named, or what it defines. */
const DEFINES = /^[-+]?\s*(?:$|macro\b|for\b(?![\s\S]*\sin\s)|set\b[^=]*$)/;

function namedAfter({ type }: TemplateTag, before: string): Names | null {
  const outside = before.replace(STRING, '0');
  if (/["']/.test(outside)) return null;
  if (type === 'statement' && /^[-+]?\s*$/.test(outside)) return 'statement';
  if (/\|\s*$/.test(outside) || (type === 'statement' && /^[-+]?\s*filter\s+$/.test(outside)))
    return 'filter';
  if (/\bis\s+(?:not\s+)?$/.test(outside)) return 'test';
  if (type === 'statement' && DEFINES.test(outside)) return null;
  return OTHER_NAME.test(outside) ? null : 'variable';
}
