import type { DatasetRecord } from '../records/types.ts';
import type { Span } from '../span.ts';
import { completeFrontMatter } from './complete-front-matter.ts';
import { describeVariables } from './describe.ts';
import type { KeyValue, ValueSource } from './front-matter-keys.ts';
import { readPromptFile } from './prompt-file.ts';
import { scanTags, type TemplateTag } from './tags.ts';

/** Something that can be written at a place of a prompt file. */
export interface Completion {
  readonly label: string;
  readonly kind: 'variable' | 'key' | 'value';
  /** What is written in place of the span. */
  readonly newText: string;
  /** One line beside the label; may be empty. */
  readonly detail: string;
  /** What it is, in a few words. */
  readonly what: string;
}

/** What can be written at a place, instead of the characters of the span. */
export interface Completions {
  /** In the file. */
  readonly span: Span;
  readonly items: readonly Completion[];
}

/** What the surroundings of a prompt file offer as values of its front matter. */
export type Offers = Readonly<Record<Exclude<ValueSource, 'variables'>, readonly KeyValue[]>>;

/**
 * What can be written at an offset of a `.prompty` file: the variables that its setting offers within a tag, and
 * keys and values of the front matter. Never throws; null where there is nothing to offer.
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
  const word = wordInTag(file.template, offset - file.bodyStart);
  if (!word) return null;
  const offered = describeVariables(file, record).filter(({ isWithheld }) => !isWithheld);
  return {
    span: { start: word.start + file.bodyStart, end: word.end + file.bodyStart },
    items: offered.map(({ name, what, value }) => {
      return { label: name, kind: 'variable', newText: name, detail: value ?? '', what };
    }),
  };
}

/** The word, perhaps empty, at an offset of the template where a variable may stand; null where none may. */
function wordInTag(template: string, at: number): Span | null {
  const tag = scanTags(template).find(({ span, isClosed, type }) => {
    return type !== 'comment' && at >= span.start + 2 && at <= (isClosed ? span.end - 2 : span.end);
  });
  if (!tag) return null;
  const before = template.slice(tag.span.start + 2, at);
  const [begun = ''] = /\b[A-Za-z_]\w*$/.exec(before) ?? [];
  if (!takesVariable(tag, before.slice(0, before.length - begun.length))) return null;
  const [rest = ''] = /^\w*/.exec(template.slice(at, tag.span.end)) ?? [];
  return { start: at - begun.length, end: at + rest.length };
}

const STRING = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/g;
/** Where something else is named: within a string, an attribute, a filter, a test, a number. */
const OTHER_NAME = /["']|\bis\s+not\s*$|[.|\w]\s*$(?<!\b(?:and|or|not|in|if|elif|else|recursive)\s*)/;
/** Where a statement is named, or what it defines. */
const DEFINES = /^[-+]?\s*(?:$|macro\b|for\b(?![\s\S]*\sin\s)|set\b[^=]*$)/;

function takesVariable({ type }: TemplateTag, before: string): boolean {
  const outside = before.replace(STRING, '0');
  if (type === 'statement' && DEFINES.test(outside)) return false;
  return !OTHER_NAME.test(outside);
}
