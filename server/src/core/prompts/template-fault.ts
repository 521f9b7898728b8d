/** What keeps a template from being rendered, and where. The template engine itself tells no offsets. */
import { parse, tokenize } from '@huggingface/jinja';
import { similarNames } from '../similar-name.ts';
import type { Span } from '../span.ts';
import { quote } from '../text.ts';
import { renderBounded, Steps, TooMuch, type Variables } from './bounded.ts';
import { scanTags, type TemplateTag } from './tags.ts';
import { longGap, MOST_WHITE_SPACE, reasonOf, renderTemplate, TOKENS } from './template.ts';
import { FILTERS, TESTS } from './vocabulary.ts';

/** What keeps a template from being rendered, in one sentence, and where. */
export interface TemplateFault {
  readonly message: string;
  readonly span: Span;
  /** What is probably meant by the characters of the span. */
  readonly instead?: string;
}

/** Tries the template on each set of variables; null when it can be rendered with all of them. */
export function templateFault(template: string, samples: readonly Variables[]): TemplateFault | null {
  const gap = longGap(template);
  if (gap) {
    return {
      message: `More than ${MOST_WHITE_SPACE} characters of white space follow each other: take them out.`,
      span: gap,
    };
  }
  const tags = scanTags(template);
  const steps = new Steps();
  try {
    for (const variables of samples) renderTemplate({ template, imageInputs: [] }, variables, { steps });
    // What no record of the samples comes to is wrong none the less.
    return unknownWord(template, tags);
  } catch (error) {
    return (
      unbalancedTag(template, tags) ??
      unknownWord(template, tags) ?? {
        message: `The template cannot be rendered: ${reasonOf(error)}`,
        span: tagThatFails(template, tags, samples, error) ?? firstLine(template),
      }
    );
  }
}

const CLOSERS: Readonly<Record<string, string>> = {
  if: 'endif',
  for: 'endfor',
  macro: 'endmacro',
  call: 'endcall',
  filter: 'endfilter',
  set: 'endset',
};
const ENDINGS: ReadonlySet<string> = new Set(Object.values(CLOSERS));

/** What closes the block that a tag opens; undefined when it opens none. */
function closerOf(template: string, tag: TemplateTag): string | undefined {
  const keyword = tag.type === 'statement' ? (tag.words[0]?.text ?? '') : '';
  // `{% set x = 1 %}` stands alone; without a value it is a block.
  if (keyword === 'set' && template.slice(tag.span.start, tag.span.end).includes('=')) return undefined;
  return Object.hasOwn(CLOSERS, keyword) ? CLOSERS[keyword] : undefined;
}

/** A tag that is not closed, or a block that is not, or is closed twice. */
function unbalancedTag(template: string, tags: readonly TemplateTag[]): TemplateFault | null {
  const open: { readonly closer: string; readonly span: Span }[] = [];
  for (const tag of tags) {
    const { span, words, isClosed } = tag;
    if (!isClosed) return unclosedTag(template, span.start);
    const closer = closerOf(template, tag);
    const keyword = words[0]?.text ?? '';
    if (closer) open.push({ closer, span });
    else if (tag.type === 'statement' && ENDINGS.has(keyword) && open.pop()?.closer !== keyword) {
      return {
        message: `${quote(template.slice(span.start, span.end))} does not close the block it stands in.`,
        span,
      };
    }
  }
  const last = open.at(-1);
  if (!last) return null;
  const tag = quote(template.slice(last.span.start, last.span.end));
  return { message: `${tag} is never closed: "{% ${last.closer} %}" is missing.`, span: last.span };
}

/** The first filter or test that does not exist. */
function unknownWord(template: string, tags: readonly TemplateTag[]): TemplateFault | null {
  for (const { type, span: tag, words } of tags) {
    for (const [index, { text, span }] of words.entries()) {
      const before = template.slice(tag.start + 2, span.start);
      const opens = index === 1 && type === 'statement' && words[0]?.text === 'filter';
      if (opens || /\|\s*$/.test(before)) {
        if (!FILTER_NAMES.includes(text)) return unknown('filter', text, span, FILTER_NAMES);
      } else if (/\bis\s+(?:not\s+)?$/.test(before) && text !== 'not') {
        if (!TEST_NAMES.includes(text)) return unknown('test', text, span, TEST_NAMES);
      }
    }
  }
  return null;
}

const FILTER_NAMES = FILTERS.map(({ name }) => name);
const TEST_NAMES = TESTS.map(([name]) => name);

function unknown(what: string, name: string, span: Span, known: readonly string[]): TemplateFault {
  const [instead] = similarNames(name, known, 1);
  const hint = instead ? `did you mean "${instead}"?` : `there are ${known.join(', ')}.`;
  return { message: `There is no ${what} ${quote(name, 40)}: ${hint}`, span, ...(instead && { instead }) };
}

function unclosedTag(template: string, start: number): TemplateFault {
  const brace = template.slice(start, start + 2);
  const closing = { '{{': '}}', '{%': '%}', '{#': '#}' }[brace];
  return { message: `"${brace}" is never closed: "${closing}" is missing.`, span: { start, end: start + 2 } };
}

/** The engine tells no offsets: the faulty tag is the first that fails by itself in the same way. */
function tagThatFails(
  template: string,
  tags: readonly TemplateTag[],
  samples: readonly Variables[],
  error: unknown,
): Span | null {
  const reason = reasonOf(error);
  const steps = new Steps();
  for (const tag of tags) {
    const text = template.slice(tag.span.start, tag.span.end);
    const closer = closerOf(template, tag);
    const alone = closer ? `${text}{% ${closer} %}` : text;
    if (samples.some((variables) => failure(alone, variables, steps) === reason)) return tag.span;
  }
  // Loops within loops are each short enough alone.
  const loop = error instanceof TooMuch && tags.find(({ words }) => words[0]?.text === 'for');
  return loop ? loop.span : null;
}

function failure(template: string, variables: Variables, steps: Steps): string | null {
  try {
    renderBounded(parse(tokenize(template, TOKENS)), variables, { steps });
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
