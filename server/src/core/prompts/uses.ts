import { parse, tokenize } from '@huggingface/jinja';
import { GLOBAL_NAMES } from './bounded.ts';
import { scanTags, type TagWord, type TemplateTag } from './tags.ts';
import { imagesShown, longGap } from './template.ts';
import type { PromptFile, TemplateUses, VariableUse } from './types.ts';
import { findUses } from './walk.ts';

/** Words that the template engine's parser knows by their text wherever they stand in a tag. */
const KEYWORDS: ReadonlySet<string> = new Set('if else elif in not and or is'.split(' '));
const GENERATION = /^\{%-?\s*(?:end)?generation\s*-?%\}$/;
/** Parts a name from its number; no name holds it. */
const NUMBERED = '\u0001';

/**
 * What the template of a prompt file asks for and says. The template engine's own parser decides what is a variable;
 * since its tree holds no offsets, every name goes into it with the number of the word that it is.
 *
 * @returns null when the template cannot be parsed
 */
export function templateUses(file: PromptFile): TemplateUses | null {
  const { template, bodyStart } = file;
  if (longGap(template)) return null;
  const tags = scanTags(template);
  const words = tags.flatMap((tag) =>
    isKept(template, tag) ? tag.words.map((word) => ({ word, tag })) : [],
  );
  try {
    const tokens = tokenize(template);
    const text = tokens.filter(({ type }) => type === 'Text' || type === 'StringLiteral');
    const names = tokens.filter(({ type }) => type === 'Identifier');
    if (
      !areSame(
        words.map(({ word }) => word),
        names.map(({ value }) => value),
      )
    )
      return null;
    const said = text.map(({ value }) => value).join('\n');
    const afterOpening = new Set(tokens.filter((_, index) => tokens[index - 1]?.type === 'OpenStatement'));
    for (const [index, token] of names.entries()) {
      if (!KEYWORDS.has(token.value) && !afterOpening.has(token)) token.value += NUMBERED + index;
    }
    const nameOf = (value: string) => value.split(NUMBERED)[0] as string;
    const uses = findUses(parse(tokens), nameOf, GLOBAL_NAMES);
    return {
      variables: uses
        .map(({ value, how }): VariableUse & { readonly order: number } => {
          const [name = '', number] = value.split(NUMBERED);
          const { word, tag } = words[Number(number)] as (typeof words)[number];
          return {
            name,
            span: moved(word, bodyStart),
            tag: moved(tag, bodyStart),
            how,
            order: Number(number),
          };
        })
        .sort((a, b) => a.order - b.order)
        .map(({ name, span, tag, how }) => ({ name, span, tag, how })),
      text: said,
      images: shownImages(file, tags).map((span) => moved({ span }, bodyStart)),
    };
  } catch {
    return null;
  }
}

/** The template engine takes these tags out before it reads the others. */
function isKept(template: string, { span }: TemplateTag): boolean {
  return !GENERATION.test(template.slice(span.start, Math.min(span.end, span.start + 100)));
}

function areSame(words: readonly TagWord[], names: readonly string[]): boolean {
  return words.length === names.length && words.every(({ text }, index) => text === names[index]);
}

function shownImages(file: PromptFile, tags: readonly TemplateTag[]) {
  const comments = tags.filter(({ type }) => type === 'comment');
  return imagesShown(file).filter(
    ({ start }) => !comments.some(({ span }) => span.start < start && start < span.end),
  );
}

function moved({ span }: { readonly span: { readonly start: number; readonly end: number } }, by: number) {
  return { start: span.start + by, end: span.end + by };
}
