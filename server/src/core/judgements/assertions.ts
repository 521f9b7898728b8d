import type { Span } from '../span.ts';
import { type Name, nameAt, type Passage } from './name.ts';

/** "Answer:", "The correct answer is", "the best option would be", `"answer":` in JSON that does not parse. */
const LABEL =
  /\b(?:answer|conclusion|(?:correct|right|best|final|chosen) (?:option|choice|one)|my choice)(?:\s+(?:to|for|here|in|of)\b[^.\n:]{0,60}?)?["'*_]*\s{0,8}(?:(?:is|was|(?:would|should|must|will) be)\b|[:=])(?:\s*(?:that|the (?:option|choice|letter))(?=\s))?\s*[*_]*/gi;
/** How a mathematical solution ends. */
const BOX = /\\boxed\{/g;
/** What turns a label into something else: "not the answer: …", "If the answer is …", "an incorrect answer is …". */
const UNSAID =
  /(?:\b(?:not|never|if|whether|unless|why|incorrect|wrong|other|either)|n['’]t)(?:\s+(?:true|correct|right|clear|that|the|an?|be|as|my|your))*["'’\s]*$/i;
/** "B is correct", "attract is the right answer". */
const VERDICT = /\s(?:is|would be)\s(?:the\s)?(?:correct|right|best)\b(?!\s(?:if|when|only|in)\b)/gi;
/** How far back the subject of a verdict may begin, in characters. */
const LONGEST_SUBJECT = 400;
const CONNECTIVE =
  /[\s*_]*(?:(?:so|thus|therefore|hence|then|clearly|finally|because of this|overall|and)\b,?\s*)*(?:that\s+)?/iy;

/**
 * Every choice the passage says is the answer, in the order of the text: by a label ("The answer is B.",
 * "Answer: (1)") or by a verdict ("Option B is correct."). A denied or conditional one is none: "The answer is
 * not B", "B is wrong", "If the answer is B".
 */
export function assertions(passage: Passage): Name[] {
  return [...labelled(passage), ...approved(passage)].sort((a, b) => a.span.start - b.span.start);
}

function* labelled(passage: Passage): Iterable<Name> {
  for (const match of [...matches(LABEL, passage), ...matches(BOX, passage)]) {
    if (UNSAID.test(passage.text.slice(Math.max(passage.span.start, match.start - 32), match.start)))
      continue;
    const name = nameAt(passage, match.end);
    if (name) yield name;
  }
}

function* approved(passage: Passage): Iterable<Name> {
  for (const match of matches(VERDICT, passage)) {
    const from = Math.max(passage.span.start, match.start - LONGEST_SUBJECT);
    const before = passage.text.slice(from, match.start);
    const sentence = from + Math.max(...['. ', '! ', '? ', '\n'].map((mark) => afterLast(before, mark)));
    CONNECTIVE.lastIndex = sentence;
    CONNECTIVE.test(passage.text);
    const name = nameAt(passage, Math.max(sentence, CONNECTIVE.lastIndex), match.start);
    // The subject of the sentence, whole: "Neither A nor B is correct" names none.
    if (name && /^[\s*_"'”’`.)\]]*$/.test(passage.text.slice(name.span.end, match.start))) yield name;
  }
}

function afterLast(text: string, mark: string): number {
  const at = text.lastIndexOf(mark);
  return at < 0 ? 0 : at + mark.length;
}

function matches(pattern: RegExp, passage: Passage): Span[] {
  const text = passage.text.slice(passage.span.start, passage.span.end);
  return Array.from(text.matchAll(pattern), (match) => ({
    start: passage.span.start + match.index,
    end: passage.span.start + match.index + match[0].length,
  }));
}
