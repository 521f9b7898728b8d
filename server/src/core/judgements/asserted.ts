import { explanationIn } from '../json-output.ts';
import type { Rationale } from '../rationales/types.ts';
import type { Span } from '../span.ts';
import { assertions } from './assertions.ts';
import { choiceTextAt } from './choice-text.ts';
import { type Name, nameAt, type Passage } from './name.ts';
import type { Candidate } from './types.ts';

/** A choice and where it is named. */
interface Mention {
  readonly choice: number;
  readonly span: Span;
}

/** What is asserted last stands at the end: no more of a reasoning is looked at, in characters. */
const LONGEST = 20_000;
/** What rejects the choices that a sentence names. */
const REJECTS =
  /\b(?:(?:is|are|was|were|be) (?:also |both |all )?(?:not (?:the )?(?:correct|right|best|answer|valid)|incorrect|wrong|ruled out|eliminated|excluded)|(?:isn|aren|wasn)['’]t (?:the )?(?:correct|right|best|answer)|(?:rules?|ruled|ruling|cross(?:es|ed)?) out|(?:eliminat|exclud|reject|discard)(?:es?|ed|ing)|answer (?:is|was) not|(?:cannot|can['’]t|can not) be (?:the )?(?:correct|right|answer))\b|^\W*neither\b/i;
/** "not B but C". */
const CONTRAST = /\b(?:not|n['’]t)\s{1,4}(?:(?:the )?(?:option|choice)\s{1,4})?/gi;
const BUT = /\s(?:but|it is|it's)\s(?:rather\s|instead\s)?/i;
/** How far behind "not" the "but" may stand, in characters. */
const LONGEST_DENIED = 200;
/** What draws a conclusion. */
const CONCLUDES =
  /^\W{0,8}(?:and )?(?:so(?! that| far| much| many)|thus|therefore|hence|in conclusion|as a result|this means|we (?:can )?conclude)\b/i;
/** What turns a concluding sentence into something else than the naming of an answer. */
const HEDGE =
  /\b(?:not|no|never|neither|nor|cannot|instead|rather|incorrect|wrong|both|or|if|could|might|may)\b|n['’]t\b/i;
/** The same, where it stands before the choice: "older than the wood fossil". */
const HEDGE_BEFORE = /\b(?:than|unlike|except|without|like|as|from)\b/i;
/** A letter or a number with marks that cannot be prose. */
const MARK = /[([]\s?(?:[a-z]|\d{1,2})\s?[)\]]|\b(?:option|choice)\s[([*_]{0,3}(?:[A-Z]|\d{1,2})\b/gi;
const WORD_START = /(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu;
/** A number or a letter as a choice's own words stands in many sentences that do not mean the choice. */
const TOO_COMMON = /^[^\p{L}\p{N}]*(?:\p{L}|[\d.,]+)[^\p{L}\p{N}]*$/u;

/**
 * The choice that the reasoning of an output asserts last, or null. The reasoning is the stage of that name, or the
 * field of its JSON that gives the reasons. Asserted is what is said outright ("The answer is attract.", "not B but
 * C") and not rejected afterwards; else the one choice left when all others are rejected; else what a last sentence
 * concludes ("So these magnets will repel."). A mere mention asserts nothing. The span lies in the output.
 */
export function assertedChoice(
  output: string,
  rationale: Rationale,
  choices: readonly string[],
  indexBase: 0 | 1 | null = null,
): Candidate | null {
  const span = reasoningSpan(output, rationale);
  if (!span) return null;
  // Escapes of JSON as white space: every offset stays where it was.
  const text = output
    .slice(0, span.end)
    .replace(/\\[nrt]/g, '  ')
    .replace(/\\(?=["/])/g, ' ');
  const passage: Passage = { text, span, choices, indexBase };
  const found = weigh(passage) ?? concluded(passage);
  return found && { choice: found.choice, method: 'label', span: found.span };
}

function reasoningSpan(output: string, { byName, stages }: Rationale): Span | null {
  const span = stages.length > 0 ? byName.reasoning?.span : explanationIn(output);
  return span ? { start: Math.max(span.start, span.end - LONGEST), end: span.end } : null;
}

/** The last outright assertion that no later sentence rejects; failing that, what all rejections leave. */
function weigh(passage: Passage): Mention | null {
  const named = [...assertions(passage), ...contrasted(passage)].sort((a, b) => a.span.start - b.span.start);
  const last = named.at(-1);
  const rejected = rejections(passage);
  if (last) {
    const [choice, ...others] = last.choices;
    if (choice === undefined || others.length > 0) return null;
    const isTakenBack = rejected.some(
      (mention) => mention.choice === choice && mention.span.start >= last.span.end,
    );
    return isTakenBack ? null : { choice, span: last.span };
  }
  const out = new Set(rejected.map(({ choice }) => choice));
  const left = passage.choices.flatMap((_, choice) => (out.has(choice) ? [] : [choice]));
  const end = rejected.at(-1);
  return end && left.length === 1
    ? { choice: left[0]!, span: { start: rejected[0]!.span.start, end: end.span.end } }
    : null;
}

function* contrasted(passage: Passage): Iterable<Name> {
  const { text, span } = passage;
  for (const match of text.slice(span.start).matchAll(CONTRAST)) {
    const at = span.start + match.index + match[0].length;
    const but = BUT.exec(text.slice(at, at + LONGEST_DENIED));
    const isDenied = but && (nameAt(passage, at, at + but.index) ?? mentionAt(passage, at));
    const name = isDenied ? nameAt(passage, at + but.index + but[0].length) : null;
    if (name) yield name;
  }
}

/** Every choice named in a sentence that rejects. */
function rejections(passage: Passage): Mention[] {
  return sentences(passage).flatMap((sentence) =>
    REJECTS.test(passage.text.slice(sentence.start, sentence.end)) ? mentions(passage, sentence) : [],
  );
}

/** The one choice that the last clause to name any names, if it draws a conclusion. */
function concluded(passage: Passage): Mention | null {
  for (const clause of sentences(passage)
    .flatMap((sentence) => clauses(passage, sentence))
    .toReversed()) {
    const found = mentions(passage, clause);
    const [first] = found;
    if (!first) continue;
    const text = passage.text.slice(clause.start, clause.end);
    const before = passage.text.slice(clause.start, first.span.start);
    const behind = passage.text.slice(first.span.end, clause.end);
    const isPlain = !HEDGE.test(`${before} ${behind}`) && !HEDGE_BEFORE.test(before.replace(CONCLUDES, ''));
    const isOne = found.every(({ choice }) => choice === first.choice);
    const isTooCommon = TOO_COMMON.test(passage.choices[first.choice] ?? '');
    return CONCLUDES.test(text) && isPlain && isOne && !isTooCommon ? first : null;
  }
  return null;
}

/** "The magnets face each other, so they attract": the conclusion is a clause of its own. */
function clauses({ text }: Passage, { start, end }: Span): Span[] {
  const cut = text.slice(start, end).search(/, (?:and )?(?:so|thus|therefore|hence)\b/);
  return cut <= 0
    ? [{ start, end }]
    : [
        { start, end: start + cut },
        { start: start + cut, end },
      ];
}

/** The choices that a sentence names, by a mark or by their words; the longest where one begins another. */
function mentions(passage: Passage, { start, end }: Span): Mention[] {
  const found: Mention[] = [];
  const add = (name: { choices: readonly number[]; span: Span } | null) => {
    if (name?.choices.length === 1) found.push({ choice: name.choices[0]!, span: name.span });
  };
  const text = passage.text.slice(start, end);
  for (const mark of text.matchAll(MARK)) add(nameAt(passage, start + mark.index, end));
  let behind = start;
  for (const word of text.matchAll(WORD_START)) {
    const at = start + word.index;
    if (at < behind) continue;
    const name = mentionAt(passage, at);
    add(name);
    behind = name?.span.end ?? behind;
  }
  return found.sort((a, b) => a.span.start - b.span.start);
}

function mentionAt({ text, choices }: Passage, start: number) {
  const found = choiceTextAt(text, start, choices);
  return found && { choices: found.choices, span: { start, end: found.end } };
}

function sentences({ text, span }: Passage): Span[] {
  const found: Span[] = [];
  let start = span.start;
  for (const { 0: mark, index } of text.slice(span.start).matchAll(/[.!?]+(?=\s|$)|\n|$/g)) {
    const end = span.start + index + mark.length;
    if (end > start) found.push({ start, end });
    start = end;
  }
  return found;
}
