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
const SENTENCE = /^\W{0,4}\p{Lu}[\p{Ll}'’]*(?: \S{1,20}){1,15}[.!]["'”’*_`)\]]*\s*$/u;
const HAN_SENTENCE = /^[^。！？\n]{0,30}[\p{sc=Han}\p{sc=Hiragana}][^。！？\n]{0,30}[。！]?\s*$/u;
/** A whole output of a few words: "They repel". */
const FEW_WORDS = /^\s*\p{Lu}[\p{Ll}'’]*(?: [\p{L}'’-]{1,15}){1,6}\s*$/u;
/** What something does, said of the thing that was asked about. */
const WILL =
  /^[\s*_"'“]*(?:yes,? |so,? )?(?:the|these|this|they|both|it)\b[^.!?\n]{0,80}\b(?:will|would|must)\s+(?:likely |probably |most likely )?["'“*_]*$/i;
/** Where the reasons begin. */
const REASONS = /[;,]?\s(?:because|since|as|although|though|while|whereas|due to)\s|;/i;
const DOUBT = /\b(?:if|when|or|either|depend\w*|could|might|may|whether|both|neither|nor|not)\b|n['’]t\b|\?/i;
const ENDED = /[.!]["'”’*_`)\]]*\s*$/;
/** A sentence about how to answer. */
const ABOUT =
  /\b(?:examples?|e\.g|samples? (?:answer|output|response)s?|instructions?|templates?|hints?|output|input|please|task|format)\b/i;
/** In a longer stretch a short choice is one thing among others. */
const SHORT_SLOT = 60;
const LEAST_SHARE = 0.25;
const NUMERAL = /^\s*\d+(?:[.,]\d+)*\s*$/;
/** A longer output has numbers for other reasons. */
const SHORT_OUTPUT = 120;

export const contained: Method = {
  id: 'contained',
  confidence: 0.6,
  what: 'The only choice whose whole text the first sentence contains, where it is not denied, and no other choice is named later; or the one behind "is" at the end of the first sentence; or, where all choices are numbers, the only number of a short output. Words that any text holds (yes, no, a number, a letter) do not count.',
  example: 'Two north poles always repel each other.',
  read(passage) {
    if (passage.span.end - passage.span.start > LONGEST || hasRefused(passage)) return null;
    if (labels(passage).length > 0) return null;
    const count = onlyNumber(passage);
    if (count) return [count];
    const sentence = firstClause(passage);
    const text = passage.text.slice(sentence.start, sentence.end);
    const all = affirmed(passage);
    const declared = declaredIn(passage, sentence, all);
    if (declared) return [declared];
    const first = all.filter(({ span }) => span.start >= sentence.start && span.end <= sentence.end);
    const [choice, ...others] = distinct(first.flatMap((mention) => mention.choices));
    if (choice === undefined || others.length > 0 || ABOUT.test(text)) return null;
    const isSaid = first.some(({ span }) => isPredicate(passage.text, span, sentence));
    const isAlone = all.every((mention) => mention.choices.includes(choice));
    const whole = passage.text.slice(passage.span.start, passage.span.end);
    const isSentence = [SENTENCE, HAN_SENTENCE].some((form) => form.test(text)) || FEW_WORDS.test(whole);
    const isTelling = passage.choices[choice]!.trim().split(/\s+/).length >= WIDE || isSentence;
    return isSaid || (isAlone && isTelling) ? [toFound(choice, first[0]!)] : null;
  },
};

/** Of choices that are numbers, the one that is the only number in a short output: "There are 4 apples." */
function onlyNumber({ text, span, choices }: Passage): Found | null {
  if (span.end - span.start > SHORT_OUTPUT || !choices.every((choice) => NUMERAL.test(choice))) return null;
  const [number, ...others] = [
    ...text.slice(span.start, span.end).matchAll(/(?<![\p{L}\p{N}.,])\d+(?:[.,]\d+)*(?![\p{L}\p{N}])/gu),
  ];
  const choice = choices.findIndex((one) => one.trim() === number?.[0]);
  if (!number || others.length > 0 || choice === -1) return null;
  const start = span.start + number.index;
  return toFound(choice, {
    choices: [choice],
    span: { start, end: start + number[0].length },
    isDenied: false,
  });
}

/** The choices that a short stretch names; two are two answers. Null when it names none, or speaks of other things. */
export function containedIn(passage: Passage): Found[] | null {
  const said = affirmed(passage);
  const choices = distinct(said.flatMap((mention) => mention.choices));
  const length = passage.span.end - passage.span.start;
  const share = said.reduce((sum, { span }) => sum + span.end - span.start, 0) / length;
  if (choices.length === 0 || (length > SHORT_SLOT && share < LEAST_SHARE)) return null;
  return choices.map((choice) => toFound(choice, said.find((mention) => mention.choices.includes(choice))!));
}

/**
 * "These magnets will repel each other because …", whatever is said of other choices behind it; or what the last
 * sentence of a short output says that it is, or that is the only choice it names.
 */
function declaredIn(passage: Passage, first: Span, said: readonly Mention[]): Found | null {
  const { text, span } = passage;
  const start = text.slice(first.start, first.end);
  const reasons = start.search(REASONS);
  const main = { start: first.start, end: reasons === -1 ? first.end : first.start + reasons };
  const inMain = said.filter((mention) => mention.span.start >= main.start && mention.span.end <= main.end);
  const [declared] = inMain;
  if (declared?.choices.length === 1 && distinct(inMain.flatMap(({ choices }) => choices)).length === 1) {
    const before = text.slice(main.start, declared.span.start);
    const isPlain = !DOUBT.test(text.slice(main.start, main.end));
    if (isPlain && WILL.test(before)) return toFound(declared.choices[0] as number, declared);
  }
  const whole = text.slice(span.start, span.end).trim();
  if (whole.length > SHORT_OUTPUT * 3 || whole.includes('\n')) return null;
  const last = said.at(-1);
  const all = distinct(said.flatMap(({ choices }) => choices));
  if (!last || all.length !== 1 || last.span.start < first.end) return null;
  const from = lastSentence(passage);
  const rest = text.slice(from, span.end);
  if (last.span.start < from || DOUBT.test(rest) || ABOUT.test(rest) || !ENDED.test(rest)) return null;
  const others = mentions(passage).some(({ choices }) => !choices.includes(all[0] as number));
  const isIt = isPredicate(text, last.span, { start: from, end: span.end });
  return isIt || !others ? toFound(all[0] as number, last) : null;
}

function lastSentence({ text, span }: Passage): number {
  const whole = text.slice(span.start, span.end).trimEnd();
  const at = Math.max(whole.slice(0, -1).lastIndexOf('. '), whole.slice(0, -1).lastIndexOf('\n'));
  return span.start + at + 1;
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
