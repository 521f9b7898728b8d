import type { Span } from '../../span.ts';
import { labels } from '../assertions.ts';
import { hasRefused } from '../hedges.ts';
import { type Mention, mentions } from '../mentions.ts';
import { distinct, type Passage } from '../name.ts';
import { firstClause } from './clause.ts';
import type { Found, Method } from './method.ts';

/** In a longer output a choice is named for other reasons than to answer. */
const LONGEST = 4000;
/** A choice of so many words is not there by chance. */
const WIDE = 3;
/** "The word that doesn't rhyme is **meal**." */
const IS = /\b(?:is|are|was|were|shows?|called)\s+(?:approximately |about |the |an? )?["'“‘*_`([]*$/i;
const END = /^["'”’*_`)\]]*[.!]?["'”’*_`)\]]*\s*$/;
const BOLD = /\*\*["'“]?$/;
/** A sentence, not a list of words: "These magnets will repel each other." */
const SENTENCE = /^\W{0,4}\p{Lu}\p{Ll}*(?: \S{1,20}){1,15}[.!]["'”’*_`)\]]*\s*$/u;
/** A sentence about how to answer. */
const ABOUT =
  /\b(?:examples?|e\.g|samples?|instructions?|templates?|hints?|output|input|please|task|format)\b/i;
/** In a longer stretch a short choice is one thing among others. */
const SHORT_SLOT = 60;
const LEAST_SHARE = 0.25;

export const contained: Method = {
  id: 'contained',
  confidence: 0.6,
  what: 'The only choice whose whole text the first sentence contains, where it is not denied, and no other choice is named later; or the one behind "is" at the end of the first sentence. Words that any text holds (yes, no, a number, a letter) do not count.',
  example: 'Two north poles always repel each other.',
  read(passage) {
    if (passage.span.end - passage.span.start > LONGEST || hasRefused(passage)) return null;
    if (labels(passage).length > 0) return null;
    const sentence = firstClause(passage);
    const text = passage.text.slice(sentence.start, sentence.end);
    const all = affirmed(passage);
    const first = all.filter(({ span }) => span.start >= sentence.start && span.end <= sentence.end);
    const [choice, ...others] = distinct(first.flatMap((mention) => mention.choices));
    if (choice === undefined || others.length > 0 || ABOUT.test(text)) return null;
    const isSaid = first.some(({ span }) => isPredicate(passage.text, span, sentence));
    const isAlone = all.every((mention) => mention.choices.includes(choice));
    const isTelling = passage.choices[choice]!.trim().split(/\s+/).length >= WIDE || SENTENCE.test(text);
    return isSaid || (isAlone && isTelling) ? [toFound(choice, first[0]!)] : null;
  },
};

/** The choices that a short stretch names; two are two answers. Null when it names none, or speaks of other things. */
export function containedIn(passage: Passage): Found[] | null {
  const said = affirmed(passage);
  const choices = distinct(said.flatMap((mention) => mention.choices));
  const length = passage.span.end - passage.span.start;
  const share = said.reduce((sum, { span }) => sum + span.end - span.start, 0) / length;
  if (choices.length === 0 || (length > SHORT_SLOT && share < LEAST_SHARE)) return null;
  return choices.map((choice) => toFound(choice, said.find((mention) => mention.choices.includes(choice))!));
}

function affirmed(passage: Passage): Mention[] {
  return mentions(passage).filter((mention) => !mention.isDenied);
}

function isPredicate(text: string, { start, end }: Span, sentence: Span): boolean {
  const before = text.slice(sentence.start, start);
  return BOLD.test(before) || (IS.test(before) && END.test(text.slice(end, sentence.end)));
}

function toFound(choice: number, { span }: Mention): Found {
  return { choice, method: 'contained', span, confidence: 0.6, index: null };
}
